package facts

import (
	"bytes"
	"strconv"
	"strings"
)

// lcovRecord is what one record says of a source file. A function is known by its name, which in
// JavaScript several of a file may bear.
type lcovRecord struct {
	source          string
	lines, branches map[string]bool // by line, and by line, block and branch: whether it was run
	functions       map[string]lcovFunction
	says            map[string]int // LF, LH, BRF, BRH, FNF, FNH: found and hit
}

// lcovFunction counts what bears one name: as often as it is there, its counts, and those above zero.
type lcovFunction struct{ found, counted, hit int }

func (f lcovFunction) covered() covered {
	total := f.found
	if total == 0 {
		total = f.counted
	}
	return covered{min(f.hit, total), total}
}

func newLCOVRecord(source string) *lcovRecord {
	return &lcovRecord{
		source: source, lines: map[string]bool{}, branches: map[string]bool{},
		functions: map[string]lcovFunction{}, says: map[string]int{},
	}
}

func (r *lcovRecord) read(key string, value []byte) error {
	first, rest, _ := bytes.Cut(value, []byte(","))
	switch key {
	case "DA": // line,count[,checksum]
		count, _, _ := bytes.Cut(rest, []byte(","))
		return r.hit(r.lines, string(first), count)
	case "BRDA": // line,[e]block,branch,taken
		return r.branch(value)
	case "FN": // line,name or line,end,name
		r.found(functionName(rest), 1)
	case "FNDA": // count,name
		return r.counted(string(rest), first)
	case "FNL": // index,line[,end]: of lcov 2.2
		r.found("\x00"+string(first), 1)
	case "FNA": // index,count,alias: its aliases are one function
		count, _, _ := bytes.Cut(rest, []byte(","))
		return r.counted("\x00"+string(first), count)
	case "LF", "LH", "BRF", "BRH", "FNF", "FNH":
		n, err := strconv.ParseUint(string(value), 10, 30)
		if err != nil {
			return noCount(value)
		}
		r.says[key] = int(n)
	}
	return nil // VER, MCDC and what may come
}

func (r *lcovRecord) hit(of map[string]bool, what string, count []byte) error {
	ran, err := hits(count)
	of[what] = of[what] || ran
	return err
}

// branch takes what was never reached for not taken.
func (r *lcovRecord) branch(value []byte) error {
	last := bytes.LastIndexByte(value, ',')
	taken := value[last+1:]
	if string(taken) == "-" {
		taken = []byte("0")
	}
	return r.hit(r.branches, string(value[:max(last, 0)]), taken)
}

func (r *lcovRecord) found(name string, n int) {
	f := r.functions[name]
	f.found += n
	r.functions[name] = f
}

func (r *lcovRecord) counted(name string, count []byte) error {
	ran, err := hits(count)
	f := r.functions[name]
	f.counted++
	f.hit += one(ran)
	r.functions[name] = f
	return err
}

// claim is what the record says that its lines come to.
func (r *lcovRecord) claim(hit, found string) covered {
	return covered{min(r.says[hit], r.says[found]), r.says[found]}
}

// functionName leaves out the last line of a function, which lcov 2 writes before the name.
func functionName(rest []byte) string {
	end, name, ok := strings.Cut(string(rest), ",")
	if _, err := strconv.ParseUint(end, 10, 32); ok && err == nil {
		return name
	}
	return string(rest)
}
