package definition

import (
	_ "embed" // schema.cue
	"regexp"
	"strings"

	"cuelang.org/go/cue"
)

//go:embed schema.cue
var schemaSource string

// Schema is what a nexus.cue may say, as CUE with comments: what users read.
func Schema() string { return schemaSource }

// schema answers for the definitions of schema.cue.
type schema struct {
	root  cue.Value
	known map[string]map[string]field
}

// field is what the schema says of one field.
type field struct {
	value    cue.Value
	required bool
	doc      string // without line breaks
}

func newSchema(ctx *cue.Context, source string) schema {
	return schema{ctx.CompileString(source, cue.Filename("schema.cue")), map[string]map[string]field{}}
}

// fields are those of a definition such as "#Criterion".
func (s schema) fields(definition string) map[string]field {
	if fields, known := s.known[definition]; known {
		return fields
	}
	fields := map[string]field{}
	s.known[definition] = fields
	all, err := s.root.LookupPath(cue.ParsePath(definition)).Fields(cue.Optional(true))
	if err != nil {
		return fields
	}
	for all.Next() {
		fields[all.Selector().Unquoted()] = field{
			value:    all.Value(),
			required: all.Selector().ConstraintType() == cue.RequiredConstraint,
			doc:      docText(all.Value()),
		}
	}
	return fields
}

func docText(v cue.Value) string {
	var text []string
	for _, group := range v.Doc() {
		text = append(text, strings.Fields(group.Text())...)
	}
	return strings.Join(text, " ")
}

// isName is the schema's #Name.
var isName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`).MatchString
