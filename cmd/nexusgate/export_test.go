package main

// The program, for the tests: as a process, and with its process handed in.
var (
	Main = main
	Run  = run
)
