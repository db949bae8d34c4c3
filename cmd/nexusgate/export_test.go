package main

import "io"

// The program, for the tests: as a process, and with its process handed in.
var (
	Main = main
	Run  = run
)

// Progress is what a long command shows on a terminal.
type Progress = progress

// Show and Clear are its methods.
func (p *progress) Show(text string) { p.show(text) }
func (p *progress) Clear()           { p.clear() }

// NewProgress is progress on what is no terminal, and OnTerminal on what is said to be one.
var NewProgress = newProgress

func OnTerminal(w io.Writer) *Progress { return &progress{terminal: w} }

// AnswerOf is the exit code of an outcome.
var AnswerOf = answerOf
