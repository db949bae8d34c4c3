package gate

import "strings"

// typeWords are the types of the definition's language, as people say what a fact of one has to be.
var typeWords = map[string]string{
	"string": "any text", "bytes": "any bytes", "number": "any number", "float": "any number", "int": "any whole number",
	"bool": "true or false", "_": "anything", "!=null": "anything",
}

// InWords is what is asked of facts, as "lines >=80" or "by string", with nothing in it that only somebody who writes
// definitions can read: "lines >=80", "signed by somebody". What is quoted stays as it is.
func InWords(demands string) string {
	if strings.Contains(demands, `"`) {
		return demandInWords(demands) // a comma may be quoted
	}
	all := strings.Split(demands, ", ")
	for i, one := range all {
		all[i] = demandInWords(one)
	}
	return strings.Join(all, ", ")
}

func demandInWords(demand string) string {
	if demand == "by string" {
		return "signed by somebody"
	}
	path, text, found := strings.Cut(demand, " ")
	if word, is := typeWords[text]; found && is {
		return path + " is " + word
	}
	if !found || strings.Contains(path, `"`) {
		return demand
	}
	return path + " " + unquoted(text, operatorWords.Replace)
}

// operatorWords are what stands between values and before them.
var operatorWords = strings.NewReplacer(" | ", " or ", " & ", " and ", "=~", "matching ", "!~", "not matching ", "!=", "not ")

// unquoted writes anew what of a text is not within quotes.
func unquoted(text string, write func(string) string) string {
	var b strings.Builder
	for text != "" {
		open := strings.IndexByte(text, '"')
		if open < 0 {
			b.WriteString(write(text))
			break
		}
		b.WriteString(write(text[:open]))
		end := open + 1
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end+1, len(text))
		b.WriteString(text[open:end])
		text = text[end:]
	}
	return b.String()
}
