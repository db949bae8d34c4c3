package forgetest

import (
	"encoding/json"
	"net/http"
	"slices"
)

// variable is one that a pipeline was started with.
type variable struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Offer says which jobs a pipeline runs that is started by the API.
func (p *Project) Offer(jobs ...Job) {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	p.offers = jobs
}

// Dispatched are the pipelines that were started by the API, the oldest first.
func (p *Project) Dispatched() []*Pipeline {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.pipelines), func(n *Pipeline) bool { return n.source != "api" })
}

// Variables are what the pipeline was started with.
func (n *Pipeline) Variables() map[string]string {
	all := map[string]string{}
	for _, v := range n.given {
		all[v.Key] = v.Value
	}
	return all
}

func (n *Pipeline) variables() []variable { return append([]variable{}, n.given...) }

func (g *GitLab) createPipeline(p *Project, c *call) reply {
	var body struct {
		Ref       string     `json:"ref"`
		Variables []variable `json:"variables"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil || body.Ref == "" {
		return refuse(http.StatusBadRequest, "400 Bad request")
	}
	head := p.git.branches[body.Ref]
	if head == "" {
		return reply{status: http.StatusBadRequest, body: object{"message": object{"base": []string{"Reference not found"}}}}
	}
	n := &Pipeline{ref: body.Ref, commit: head, source: "api", given: body.Variables}
	p.begin(c.out, n, p.offers)
	return reply{status: http.StatusCreated, body: n.listedObject()}
}

func (g *GitLab) readVariables(p *Project, c *call) reply {
	n := p.pipeline(c)
	if n == nil {
		return projectNotFound("Pipeline")
	}
	all := []object{}
	for _, v := range n.given {
		all = append(all, object{"variable_type": "env_var", "key": v.Key, "value": v.Value})
	}
	return reply{status: http.StatusOK, body: all}
}
