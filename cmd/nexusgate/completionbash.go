package main

import (
	"fmt"
	"strings"
)

// bashCompletion is a script for bash, of version 3.2 or newer, that needs nothing beside it. Bash takes an equals sign for a
// word of its own.
func bashCompletion(all []completed) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Completion of nexusgate for bash.

_nexusgate() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} path= words= i
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case "$path/${COMP_WORDS[i]}" in
		%s) path=$path/${COMP_WORDS[i]} ;;
		esac
	done
	case "$path $prev" in
%s	esac
	case "$path" in
%s	esac
}

complete -F _nexusgate nexusgate
`, strings.Join(commandPaths(all), " | "), bashValues(all), bashWords(all))
	return b.String()
}

// bashValues are what flags take, for the word after each.
func bashValues(all []completed) string {
	var b strings.Builder
	for _, c := range all {
		for _, flag := range c.flags {
			switch reply := ""; {
			case flag.bare:
			case len(flag.words) > 0:
				fmt.Fprintf(&b, "\t\"%s --%s\") COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")); return ;;\n", c.path, flag.name, strings.Join(flag.words, " "))
			case flag.isFile:
				reply = "compopt -o default 2>/dev/null; "
				fallthrough
			default:
				fmt.Fprintf(&b, "\t\"%s --%s\") %sreturn ;;\n", c.path, flag.name, reply)
			}
		}
	}
	return b.String()
}

// bashWords are the commands below a command, or its flags.
func bashWords(all []completed) string {
	var b strings.Builder
	for _, c := range all {
		var flags []string
		for _, flag := range c.flags {
			flags = append(flags, "--"+flag.name)
		}
		fmt.Fprintf(&b, "\t\"%s\")\n\t\tcase \"$cur\" in\n\t\t-*) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")) ;;\n", c.path, strings.Join(flags, " "))
		switch {
		case len(c.below) > 0:
			fmt.Fprintf(&b, "\t\t*) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")) ;;\n", strings.Join(plain(c.below), " "))
		case c.takes:
			b.WriteString("\t\t*) compopt -o default 2>/dev/null ;;\n")
		default:
			fmt.Fprintf(&b, "\t\t*) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")) ;;\n", strings.Join(flags, " "))
		}
		b.WriteString("\t\tesac\n\t\t;;\n")
	}
	return b.String()
}
