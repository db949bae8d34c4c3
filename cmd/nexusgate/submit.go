package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"

	"github.com/nexusgate/nexusgate/gate/facts"
)

// submitCommand brings evidence to a service.
type submitCommand struct {
	Kind      string   `required:"" placeholder:"KIND" help:"What the files are: junit, coverage, sarif, sbom, vulnerabilities, or a kind of your own, which is one JSON object of facts."`
	Name      string   `variable:"name-of-evidence" placeholder:"NAME" help:"What the Definition of Done calls it. Each leg of a matrix needs one of its own."`
	Increment string   `variable:"increment-id" placeholder:"ID" help:"The composition that was tested, as increment checkout gave it. Without it, the evidence is for the commit or the change of the job."`
	Nexus     string   `variable:"nexus-name" placeholder:"NAME" help:"The Nexus that it is for, where several have the repository."`
	Repo      string   `placeholder:"REPO" help:"With a static token, whose evidence it is: github:acme/cart-api."`
	Commit    string   `placeholder:"SHA" help:"With a static token, what it is of: the whole commit."`
	Files     []string `arg:"" name:"FILE" help:"Files, or globs such as 'build/**/TEST-*.xml'. The counts of several are added."`
	apiFlags  `embed:""`
}

// Help is shown below the flags.
func (submitCommand) Help() string {
	return `In a job of CI its own token says whose evidence it is: on GitHub with permissions: id-token: write, on
GitLab with an ID token named NEXUSGATE_ID_TOKEN. Prints what the evidence counts for.

  nexusgate submit --kind junit --name unit 'build/test-results/**/*.xml'
  nexusgate submit --kind coverage coverage.out

Exits with 1 where it was kept and counts for nothing, as of a run that may be anybody's doing.`
}

// Run brings the files, again and again while the service does not answer.
func (c *submitCommand) Run(ctx context.Context, s streams) (answer, error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	client, err := c.client(s)
	if err != nil {
		return failed, err
	}
	b, err := c.bundle()
	if err != nil {
		return failed, err
	}
	var said kept
	if err := client.ask(ctx, b.request(), &said); err != nil {
		return failed, fmt.Errorf("submitting %s: %w", c.Kind, err)
	}
	return said.tell(s.out, c.Kind)
}

// tell prints what became of evidence.
func (k kept) tell(out io.Writer, kind string) (answer, error) {
	words, said := "counts for "+k.Counts, yes
	if why, untrusted := strings.CutPrefix(k.Counts, "untrusted: "); untrusted {
		words, said = "counts for nothing: "+why, no
	}
	again := ""
	if k.Duplicate {
		again = " before"
	}
	_, err := fmt.Fprintf(out, "%s was kept%s as %s by %s, and %s\n", kind, again, k.ID, strings.Join(k.Nexus, " and "), words)
	return said, err
}

// bundle is what is to be sent: what is said of the files, and where they are.
type bundle struct {
	said     []byte
	paths    []string
	boundary string
	once     string // what tells it from another, however often it is sent
}

func (c *submitCommand) bundle() (*bundle, error) {
	paths, err := globbed(c.Files)
	if err != nil {
		return nil, err
	}
	if len(paths) > facts.MaxFiles {
		return nil, fmt.Errorf("there are %d files, and %d are taken at most: name fewer, or submit them under several names", len(paths), facts.MaxFiles)
	}
	told := submission{Nexus: c.Nexus, Repo: c.Repo, Commit: c.Commit, Increment: c.Increment, Kind: c.Kind, Name: c.Name}
	for _, path := range paths {
		sum, err := sumOf(path)
		if err != nil {
			return nil, err
		}
		told.Files = append(told.Files, submittedSum{Name: path, SHA256: sum})
	}
	b := &bundle{paths: paths, boundary: multipart.NewWriter(io.Discard).Boundary(), once: newIdempotencyKey()}
	if b.said, err = json.Marshal(told); err != nil {
		return nil, fmt.Errorf("writing what is said of the files: %w", err)
	}
	return b, nil
}

func (b *bundle) request() apiRequest {
	return apiRequest{
		method: http.MethodPost, path: "/api/v1/evidence", contentType: "multipart/form-data; boundary=" + b.boundary, once: b.once,
		body: b.body,
	}
}

// body streams the files: they may be larger than what one would hold in memory.
func (b *bundle) body() io.Reader {
	from, to := io.Pipe()
	go func() { to.CloseWithError(b.write(to)) }()
	return from
}

func (b *bundle) write(to io.Writer) error {
	parts := multipart.NewWriter(to)
	err := parts.SetBoundary(b.boundary)
	if err == nil {
		err = parts.WriteField("submission", string(b.said))
	}
	for _, path := range b.paths {
		if err == nil {
			err = attach(parts, path)
		}
	}
	return errors.Join(err, parts.Close())
}

func attach(parts *multipart.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sending evidence: %w", err)
	}
	defer f.Close()
	part, err := parts.CreateFormFile("file", path)
	if err != nil {
		return err
	}
	_, err = io.Copy(part, f)
	return err
}
