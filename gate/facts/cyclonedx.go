package facts

import (
	"bytes"
	"encoding/xml"

	cyclonedx "github.com/CycloneDX/cyclonedx-go"
)

func readCycloneDXJSON(f File) (counts, error) {
	var bill cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(f.Body), cyclonedx.BOMFileFormatJSON).Decode(&bill); err != nil {
		at, said := unsound(err, len(f.Body))
		return nil, f.fault(at, "%w", said)
	}
	return cyclonedxCounts(&bill), nil
}

// readCycloneDXXML goes through the elements once before they are held all at once.
func readCycloneDXXML(f File) (counts, error) {
	x := openXML(f)
	root, err := x.root()
	if err != nil {
		return nil, err
	}
	rootAt := x.at // after what declares the encoding, which plain has seen to
	if root.Name.Local != "bom" {
		return nil, x.fault(x.at, "<%s> is not the root of CycloneDX XML, which is <bom>: have the tool write CycloneDX or SPDX", cut(root.Name.Local, maxTextShown))
	}
	x.most = maxHeld
	if err := x.each(func(xml.StartElement) error { return nil }, func(string) {}); err != nil {
		return nil, err
	}
	var bill cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(x.Body[rootAt:]), cyclonedx.BOMFileFormatXML).Decode(&bill); err != nil {
		return nil, f.refusal("this is no CycloneDX (%s): look at what wrote the file", cut(err.Error(), maxNameShown))
	}
	return cyclonedxCounts(&bill), nil
}

// cyclonedxCounts counts components and those that they are made of.
func cyclonedxCounts(bill *cyclonedx.BOM) counts {
	n := components(bill.Components)
	if bill.Metadata != nil && bill.Metadata.Component != nil {
		n += components(bill.Metadata.Component.Components)
	}
	return counts{"components": n}
}

func components(list *[]cyclonedx.Component) int {
	if list == nil {
		return 0
	}
	n := len(*list)
	for i := range *list {
		n += components((*list)[i].Components)
	}
	return n
}
