package main

import (
	"fmt"
	"strings"
)

// fishCompletion is a script for fish.
func fishCompletion(all []completed) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Completion of nexusgate for fish.

function __nexusgate_at
	set -l path
	for word in (commandline -opc)[2..-1]
		if contains -- "$path/$word" %s
			set path "$path/$word"
		end
	end
	test "$path" = "$argv[1]"
end

complete -c nexusgate -f
`, strings.Join(commandPaths(all), " "))
	for _, c := range all {
		head := fmt.Sprintf("complete -c nexusgate -n %s", fishQuoted(fmt.Sprintf("__nexusgate_at %q", c.path)))
		for _, w := range c.below {
			fmt.Fprintf(&b, "%s -a %s -d %s\n", head, w.word, fishQuoted(w.help))
		}
		if c.takes {
			b.WriteString(head + " -F\n")
		}
		for _, flag := range c.flags {
			fmt.Fprintf(&b, "%s -l %s%s -d %s\n", head, flag.name, fishTakes(flag), fishQuoted(flag.help))
		}
	}
	return b.String()
}

func fishTakes(flag completedFlag) string {
	switch {
	case flag.bare:
		return ""
	case len(flag.words) > 0:
		return fmt.Sprintf(" -x -a %s", fishQuoted(strings.Join(flag.words, " ")))
	case flag.isFile:
		return " -r -F"
	default:
		return " -x"
	}
}

// fishQuoted is a text that fish takes as it is.
func fishQuoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
