package definition

// kind is what a value is. A string is never a number.
type kind int

const (
	nothing kind = iota // null, a struct, what a JSON decoder does not yield: no leaf admits it
	numbers
	texts
	booleans
	lists
)

// value is a fact, or the operand of a constraint.
type value struct {
	kind  kind
	num   number
	str   string
	yes   bool
	list  []any   // the items of a fact
	items []value // the items of an operand

	// guess answers for regular expressions where the value stands for many strings, see relation.
	guess map[string]bool
}

// factValue reads a fact. It allocates nothing for what facts nearly always are.
func factValue(fact any) value {
	switch f := fact.(type) {
	case string:
		return value{kind: texts, str: f}
	case bool:
		return value{kind: booleans, yes: f}
	case []any:
		return value{kind: lists, list: f}
	}
	if n, ok := factNumber(fact); ok {
		return value{kind: numbers, num: n}
	}
	return value{}
}

// equal compares an operand with a value.
func (v *value) equal(with *value) bool {
	if v.kind != with.kind {
		return false
	}
	switch v.kind {
	case numbers:
		return v.num.compare(with.num) == 0
	case texts:
		return with.guess == nil && v.str == with.str
	case booleans:
		return v.yes == with.yes
	case lists:
		return v.equalItems(with)
	}
	return false
}

func (v *value) equalItems(with *value) bool {
	if len(v.items) != with.length() {
		return false
	}
	for i := range v.items {
		item := with.item(i)
		if !v.items[i].equal(&item) {
			return false
		}
	}
	return true
}

func (v *value) length() int {
	if v.list != nil {
		return len(v.list)
	}
	return len(v.items)
}

func (v *value) item(i int) value {
	if v.list != nil {
		return factValue(v.list[i])
	}
	return v.items[i]
}
