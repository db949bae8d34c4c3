package facts

// MaxFile, MaxFiles and MaxTotal bound what Read takes: bytes of one file, files, bytes of all of them.
const (
	MaxFile  = 32 << 20
	MaxFiles = 1000
	MaxTotal = 64 << 20
)

// The bounds within a file. Reports of real tools stay far below; what is above would cost more
// memory or time than its size lets expect.
const (
	maxDepth      = 100       // of elements, objects and arrays within each other
	maxElements   = 1_000_000 // elements of XML, lines of text
	maxAttributes = 100       // of one element
	maxValues     = 3_000_000 // of JSON
	maxObjects    = 1_000_000 // of JSON, where they are read one at a time
	maxHeld       = 200_000   // objects and elements, where they are all held at once
	maxParts      = 1000      // runs of SARIF, and plug-ins of a tool
	maxNumber     = 1_000_000_000
	maxSum        = 100_000_000_000_000 // a hundredfold of a percent of it still is a number
	maxNameShown  = 200
	maxTextShown  = 60
)
