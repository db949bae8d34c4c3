-- What verdicts rest on besides the rules, so that history can be judged again by others. A piece of
-- evidence is kept once, at the step that first rested on it, however many verdicts refer to it.

-- +goose Up
CREATE TABLE evidence (
    ref   TEXT   NOT NULL PRIMARY KEY,
    nexus TEXT   NOT NULL, -- the first that rested on it
    step  BIGINT NOT NULL,
    body  TEXT   NOT NULL  -- JSON
);

CREATE INDEX evidence_step ON evidence (nexus, step);

CREATE TABLE grounds (
    verdict TEXT   NOT NULL PRIMARY KEY,
    nexus   TEXT   NOT NULL,
    step    BIGINT NOT NULL,
    place   BIGINT NOT NULL, -- within its step
    made    BIGINT NOT NULL,
    body    TEXT   NOT NULL  -- a line of JSON, and lines of words
);

CREATE INDEX grounds_nexus ON grounds (nexus, step, place, made);

-- +goose Down
DROP TABLE grounds;
DROP TABLE evidence;
