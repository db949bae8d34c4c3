// Package packaging holds what a release is made of to what a machine makes of it: GoReleaser itself checks
// .goreleaser.yaml and makes an archive, a deb and an rpm of this tree; Debian's and Red Hat's own tools read
// the packages, and systemd verifies the unit.
//
// It is a module of its own, so that its tests run once, by make package-check. GoReleaser is pinned in a file
// apart, testdata/goreleaser.mod. Beside the tests lies what the packages bring: the unit, its settings, and the
// scripts of their installation.
//
// It refuses to know how a release is published: .github/workflows/release.yml does that, with attestations of
// where everything was built.
package packaging
