package facts

import (
	"bytes"
	"encoding/json"
)

// readSBOM reads a software bill of materials of whichever format it is. What the bill is of is not one
// of its components.
func readSBOM(f File) (counts, error) {
	start := bytes.TrimSpace(f.Body)
	switch {
	case bytes.HasPrefix(start, []byte("<")):
		return readCycloneDXXML(f)
	case bytes.HasPrefix(start, []byte("{")):
		return readJSONBill(f)
	case bytes.HasPrefix(start, []byte("SPDXVersion:")):
		return readSPDXTags(f)
	default:
		return nil, f.fault(0, "this is no SBOM that is read, %s; it begins with %s: have the tool write one of them", billsRead, excerpt(start))
	}
}

const billsRead = "which are CycloneDX in JSON and XML and SPDX 2 in JSON and as tag values"

func readJSONBill(f File) (counts, error) {
	if err := f.boundJSON(maxHeld); err != nil {
		return nil, err
	}
	var begins struct {
		BOMFormat   string          `json:"bomFormat"`
		SPDXVersion string          `json:"spdxVersion"`
		Context     json.RawMessage `json:"@context"`
	}
	if err := f.decodeJSON(&begins); err != nil {
		return nil, err
	}
	switch {
	case begins.BOMFormat == "CycloneDX":
		return readCycloneDXJSON(f)
	case begins.SPDXVersion != "":
		return readSPDXJSON(f)
	case begins.Context != nil:
		return nil, f.fault(0, "SPDX 3 is not read yet: have the tool write SPDX 2.3 or CycloneDX")
	default:
		return nil, f.fault(0, "this is no SBOM that is read, %s: have the tool write one of them", billsRead)
	}
}
