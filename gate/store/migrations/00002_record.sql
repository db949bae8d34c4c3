-- The record: what was done in which order, the folded state, and what was decided.

-- +goose Up
CREATE TABLE steps (
    seq      BIGINT NOT NULL PRIMARY KEY,
    now      BIGINT NOT NULL,
    delivery TEXT   NOT NULL, -- '' when a deadline passed
    result   TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    verdicts TEXT   NOT NULL  -- a JSON list of their ids, in order
);

CREATE INDEX steps_aside ON steps (seq) WHERE result = 'aside';

CREATE TABLE docs (
    nexus TEXT  NOT NULL,
    key   TEXT  NOT NULL,
    body  BYTEA NOT NULL,
    PRIMARY KEY (nexus, key)
);

CREATE TABLE definitions (
    digest TEXT NOT NULL PRIMARY KEY,
    nexus  TEXT NOT NULL,
    file   TEXT NOT NULL,
    source TEXT NOT NULL
);

CREATE TABLE verdicts (
    id        TEXT   NOT NULL PRIMARY KEY,
    nexus     TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    step      BIGINT NOT NULL,
    place     BIGINT NOT NULL, -- within its step
    outcome   TEXT   NOT NULL,
    increment TEXT   NOT NULL, -- digest of the composition, '' where none was judged
    made      BIGINT NOT NULL,
    body      TEXT   NOT NULL  -- JSON of the whole verdict, its findings with it
);

CREATE INDEX verdicts_subject ON verdicts (nexus, subject, step, place);

CREATE TABLE increments (
    nexus  TEXT   NOT NULL,
    number BIGINT NOT NULL,
    digest TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (nexus, number)
);

-- +goose Down
DROP TABLE increments;
DROP TABLE verdicts;
DROP TABLE definitions;
DROP TABLE docs;
DROP TABLE steps;
