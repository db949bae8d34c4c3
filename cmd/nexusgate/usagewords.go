package main

import (
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// What the reader of the command line says of it, as it writes it.
var (
	saysLacks  = regexp.MustCompile(`^expected "<([^>]+)>(?: \.\.\.)?"`)
	saysOneOf  = regexp.MustCompile(`^<?([^<> ]+)>? must be one of ("[^ ]*") but got (".*")$`)
	saysDashed = regexp.MustCompile(`^(--[\w-]+): expected \S+ value but got "(-.*)" \(\w+ flag\); perhaps try .*\?$`)
)

// plainly is what is wrong with a command line, as people would say it.
func plainly(said string, command *kong.Node) string {
	if found := saysLacks.FindStringSubmatch(said); found != nil {
		return found[1] + " is missing" + among(found[1], command)
	}
	if found := saysOneOf.FindStringSubmatch(said); found != nil {
		return found[1] + " must be " + either(strings.Split(strings.Trim(found[2], `"`), `","`)) + ", and is " + found[3]
	}
	if found := saysDashed.FindStringSubmatch(said); found != nil {
		return found[1] + " " + found[2] + ": what begins with a dash is taken for a flag; give another value"
	}
	return said
}

// among are the words that an argument may be, ": daily or review"; "" for any.
func among(argument string, command *kong.Node) string {
	if command == nil {
		return ""
	}
	for _, is := range command.Positional {
		if is.Name == argument && is.Enum != "" {
			return ": " + either(is.EnumSlice())
		}
	}
	return ""
}

// either lists words of which one is to be chosen: "text, markdown or json".
func either(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
