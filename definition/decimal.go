package definition

import "math/big"

// text is what a number is read from.
type text interface{ ~string | ~[]byte }

// parseNumber reads a number as JSON writes it, within the bounds.
func parseNumber[T text](s T) (number, bool) {
	if len(s) > maxNumberText {
		return number{}, false
	}
	n, ok := readDecimal(s)
	magnitude := n.digits + n.exponent - 1
	if !ok || n.digits > maxNumberDigits || magnitude > maxPowerOfTen || magnitude < -maxPowerOfTen {
		return number{}, false
	}
	return n, true
}

// readDecimal reads -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? and nothing else.
func readDecimal[T text](s T) (number, bool) {
	var n number
	if len(s) > 0 && s[0] == '-' {
		n.negative, s = true, s[1:]
	}
	whole := countLeadingDigits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return number{}, false
	}
	end, point := whole, whole
	if end < len(s) && s[end] == '.' {
		places := countLeadingDigits(s[end+1:])
		if places == 0 {
			return number{}, false
		}
		end += 1 + places
	}
	power, ok := readPower(s[end:])
	if !ok {
		return number{}, false
	}
	setCoefficient(&n, s[:end], point)
	if n.digits > 0 {
		n.exponent += power
	}
	return n, true
}

func countLeadingDigits[T text](s T) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

// readPower reads the exponent of a number, or none. A huge one is cut to what is out of bounds
// anyway, so that its own digits are no work either.
func readPower[T text](s T) (int, bool) {
	if len(s) == 0 {
		return 0, true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return 0, false
	}
	s = s[1:]
	negative := len(s) > 0 && s[0] == '-'
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	if len(s) == 0 || countLeadingDigits(s) != len(s) {
		return 0, false
	}
	power := 0
	for i := range len(s) {
		power = min(power*10+int(s[i]-'0'), 1_000_000)
	}
	if negative {
		power = -power
	}
	return power, true
}

// setCoefficient takes digits with at most one point, at index point, without the zeros at both
// ends: 0.50 is 5 × 10^-1, 1500 is 15 × 10^2, and 0.0 is 0.
func setCoefficient[T text](n *number, s T, point int) {
	first, last := -1, -1
	for i := range len(s) {
		if s[i] == '0' || s[i] == '.' {
			continue
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	if first < 0 {
		n.negative = false
		return
	}
	n.digits = last - first + 1
	n.exponent = point - 1 - last
	if last > point {
		n.exponent++ // the point itself is no place
		if first < point {
			n.digits--
		}
	}
	if n.digits > maxSmallDigits {
		n.large, _ = new(big.Int).SetString(withoutPoint(s[first:last+1]), 10)
		return
	}
	for i := first; i <= last; i++ {
		if s[i] != '.' {
			n.small = n.small*10 + uint64(s[i]-'0')
		}
	}
}

func withoutPoint[T text](s T) string {
	digits := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] != '.' {
			digits = append(digits, s[i])
		}
	}
	return string(digits)
}
