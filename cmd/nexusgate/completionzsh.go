package main

import (
	"fmt"
	"strings"
)

// zshCompletion is a script for zsh's own system, to lie in its function path as _nexusgate.
func zshCompletion(all []completed) string {
	return fmt.Sprintf(`#compdef nexusgate
# Completion of nexusgate for zsh.

_nexusgate() {
	local at= i
	local -a found
	for ((i = 2; i < CURRENT; i++)); do
		case "$at/${words[i]}" in
		%s) at=$at/${words[i]} ;;
		esac
	done
	if [[ $PREFIX == --*=* ]]; then
		compset -P 1 '*='
		words[CURRENT-1]=${IPREFIX%%=}
	fi
	case "$at ${words[CURRENT-1]}" in
%s	esac
	case "$at" in
%s	esac
}

_nexusgate "$@"
`, strings.Join(commandPaths(all), " | "), zshValues(all), zshWords(all))
}

func zshValues(all []completed) string {
	var b strings.Builder
	for _, c := range all {
		for _, flag := range c.flags {
			switch {
			case flag.bare:
			case len(flag.words) > 0:
				fmt.Fprintf(&b, "\t\"%s --%s\") compadd -- %s; return ;;\n", c.path, flag.name, strings.Join(flag.words, " "))
			case flag.isFile:
				fmt.Fprintf(&b, "\t\"%s --%s\") _files; return ;;\n", c.path, flag.name)
			default:
				fmt.Fprintf(&b, "\t\"%s --%s\") _message 'value'; return ;;\n", c.path, flag.name)
			}
		}
	}
	return b.String()
}

func zshWords(all []completed) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "\t\"%s\")\n\t\tif [[ $PREFIX == -* ]]; then\n\t\t\tfound=(", c.path)
		for _, flag := range c.flags {
			b.WriteString("\n\t\t\t\t" + zshDescribed("--"+flag.name, flag.help))
		}
		b.WriteString("\n\t\t\t)\n\t\t\t_describe -o flag found\n")
		switch {
		case len(c.below) > 0:
			b.WriteString("\t\telse\n\t\t\tfound=(")
			for _, w := range c.below {
				b.WriteString("\n\t\t\t\t" + zshDescribed(w.word, w.help))
			}
			b.WriteString("\n\t\t\t)\n\t\t\t_describe command found\n")
		case c.takes:
			b.WriteString("\t\telse\n\t\t\t_files\n")
		}
		b.WriteString("\t\tfi\n\t\t;;\n")
	}
	return b.String()
}

// zshDescribed is a word with its help, quoted: a colon sets them apart.
func zshDescribed(word, help string) string {
	if help == "" {
		return shellQuoted(word)
	}
	return shellQuoted(word + ":" + strings.ReplaceAll(help, ":", `\:`))
}

// shellQuoted is a text that a shell takes as it is.
func shellQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
