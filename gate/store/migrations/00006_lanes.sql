-- Lanes: the ordered work of each Nexus by itself, so that replicas may share the Nexuses out by leases.
--
-- The one log of before becomes a log for each Nexus: all of it, since what a delivery bore on was not
-- kept. A list of verdicts may name those of another Nexus then, which whoever reads it passes over.
-- There is no way back: restore a copy from before.

-- +goose Up
CREATE TABLE lanes (
    name   TEXT   NOT NULL PRIMARY KEY, -- of the Nexus; '' the common one
    holder TEXT   NOT NULL,             -- '' nobody
    fence  BIGINT NOT NULL,             -- one more with each claim
    beat   BIGINT NOT NULL,             -- one more with each sign of life of the holder
    routed BIGINT NOT NULL              -- one more with each change of its routes
);

INSERT INTO lanes (name, holder, fence, beat, routed) SELECT DISTINCT nexus, '', 0, 0, 0 FROM docs;
INSERT INTO lanes (name, holder, fence, beat, routed) VALUES ('', '', 0, 0, 0);

CREATE TABLE replicas (
    name TEXT   NOT NULL PRIMARY KEY,
    beat BIGINT NOT NULL
);

CREATE TABLE routes (
    place TEXT NOT NULL, -- what a delivery may bear on
    lane  TEXT NOT NULL, -- that listens to it
    PRIMARY KEY (place, lane)
);

CREATE INDEX routes_lane ON routes (lane);

CREATE TABLE marks (
    name TEXT  NOT NULL PRIMARY KEY,
    body BYTEA NOT NULL
);

CREATE TABLE laned_pending (
    lane     TEXT NOT NULL,
    delivery TEXT NOT NULL,
    PRIMARY KEY (lane, delivery)
);

INSERT INTO laned_pending (lane, delivery) SELECT l.name, p.delivery FROM pending p CROSS JOIN lanes l
WHERE l.name <> '' OR NOT EXISTS (SELECT 1 FROM docs);

DROP TABLE pending;
ALTER TABLE laned_pending RENAME TO pending;

CREATE TABLE laned_steps (
    lane     TEXT   NOT NULL,
    seq      BIGINT NOT NULL,
    now      BIGINT NOT NULL,
    delivery TEXT   NOT NULL, -- '' when a deadline passed
    result   TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    verdicts TEXT   NOT NULL, -- a JSON list of their ids, in order
    PRIMARY KEY (lane, seq)
);

INSERT INTO laned_steps (lane, seq, now, delivery, result, reason, verdicts)
SELECT l.name, s.seq, s.now, s.delivery, s.result, s.reason, s.verdicts FROM steps s CROSS JOIN lanes l
WHERE l.name <> '' OR NOT EXISTS (SELECT 1 FROM docs);

DROP TABLE steps;
ALTER TABLE laned_steps RENAME TO steps;

-- A delivery that was set aside in several lanes is told of once, and listed where it was last.
CREATE INDEX steps_aside ON steps (now, seq) WHERE result = 'aside';
CREATE INDEX steps_aside_delivery ON steps (delivery, lane) WHERE result = 'aside';

-- Which step wrote a document last, so that a reader of the state can ask for what is newer. One that
-- is gone stays as a row without content for a while.
ALTER TABLE docs ADD COLUMN step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE docs ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
UPDATE docs SET step = (SELECT COALESCE(MAX(s.seq), 0) FROM steps s);
CREATE INDEX docs_step ON docs (nexus, step);
CREATE INDEX docs_gone ON docs (nexus, step) WHERE gone = 1;

DROP INDEX owed_due;
CREATE INDEX owed_due ON owed (nexus, not_before) WHERE pending = 1;
