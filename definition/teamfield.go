package definition

import (
	"errors"
	"slices"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// field reads what a team writes in a criterion.
func (t *teamFile) field(e entry, d *draft) {
	switch name := e.path[2]; name {
	case "must":
		t.leavesOf(e, d)
	case "from", "appliesTo":
		for _, child := range t.children(e) {
			t.set(child, name+"."+child.path[3], d)
		}
	default:
		t.set(e, name, d)
	}
}

// shape is what a field holds.
type shape int

const (
	oneText shape = iota + 1
	oneWord       // one of a few
	manyTexts
	oneOrManyTexts
	oneNumber
)

// shapes are the fields of a criterion. The schema says the same of the Nexus's file; a team's is
// read by syntax, and never meets CUE's evaluator.
func shapes() map[string]shape {
	return map[string]shape{
		"why": oneText, "fix": oneText, "evidence": oneText, "name": oneText,
		"requiredFrom": oneText, "fresh": oneText, "within": oneText,
		"on": oneWord, "level": oneWord, "from.trust": oneWord, "renew": oneWord,
		"paths": manyTexts, "appliesTo.teams": manyTexts, "appliesTo.components": manyTexts,
		"from.app": oneOrManyTexts, "from.workflow": oneOrManyTexts,
		"atLeast": oneNumber,
	}
}

func words(field string) []string {
	switch field {
	case "on":
		return []string{string(OnChange), string(OnCommit), string(OnIncrement)}
	case "level":
		return []string{string(Required), string(Advisory)}
	case "renew":
		return []string{string(OnCommit), string(OnChange)}
	}
	return trusts[1:]
}

func (t *teamFile) set(e entry, field string, d *draft) {
	shape, known := shapes()[field]
	if !known {
		names := []string{"must"}
		for name := range shapes() {
			names = append(names, name)
		}
		t.faults.add(e.pos, "%s is no field here; %s", e, suggest(field, names))
		return
	}
	s, err := t.setting(e, field, shape)
	if err != nil {
		t.refuse(e, err)
		return
	}
	if earlier, twice := d.set[field]; twice && !earlier.same(s) {
		t.faults.add(e.pos, "%s says something else at %s; remove one of them", e, earlier.pos)
		return
	}
	d.set[field] = s
}

func (s setting) same(as setting) bool {
	return s.text == as.text && s.number == as.number && slices.Equal(s.list, as.list)
}

// refuse notes why an entry is not let through.
func (t *teamFile) refuse(e entry, err error) {
	at := e.pos
	var r *refusal
	if errors.As(err, &r) && r.pos.Line > 0 {
		at = r.pos
	}
	t.faults.add(at, "%s %s", e, err)
}

func (t *teamFile) setting(e entry, field string, as shape) (setting, error) {
	s := setting{pos: e.pos}
	var err error
	switch list, isList := e.value.(*ast.ListLit); {
	case as == oneNumber:
		s.number, err = t.number(e.value)
		return s, err
	case isList && (as == manyTexts || as == oneOrManyTexts):
		s.list, err = t.texts(list)
		return s, err
	case as == manyTexts:
		return s, errors.New("is no list; write one, such as [\"api/**\"]")
	}
	if s.text, err = t.text(e.value); err != nil {
		return s, err
	}
	if as == oneWord && !slices.Contains(words(field), s.text) {
		return s, errors.New("says " + strconv.Quote(s.text) + "; " + suggest(s.text, words(field)))
	}
	s.list = []string{s.text}
	return s, nil
}

func (t *teamFile) texts(list *ast.ListLit) ([]string, error) {
	if len(list.Elts) > maxLeafAtoms {
		return nil, errors.New("has too long a list; write a shorter one")
	}
	var texts []string
	for _, item := range list.Elts {
		text, err := t.text(item)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func (t *teamFile) text(e ast.Expr) (string, error) {
	lit, isLiteral := e.(*ast.BasicLit)
	if !isLiteral || lit.Kind != token.STRING {
		return "", errors.New("is no plain string; write one in double quotes")
	}
	text, err := writtenText(lit.Value, maxText)
	if err == nil && text == "" {
		err = errors.New("is empty; write something, or remove it")
	}
	return text, err
}

func (t *teamFile) number(e ast.Expr) (int, error) {
	if lit, isLiteral := e.(*ast.BasicLit); isLiteral && lit.Kind == token.INT {
		if n, err := strconv.Atoi(lit.Value); err == nil && n >= 1 && n <= 1000 {
			return n, nil
		}
	}
	return 0, errors.New("is no whole number from 1 to 1000; write one")
}
