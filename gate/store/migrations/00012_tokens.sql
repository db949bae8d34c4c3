-- The tokens of CI's jobs that were used, so that each is good for one request.

-- +goose Up
CREATE TABLE used_tokens (
    id      TEXT   NOT NULL PRIMARY KEY, -- of the token, among those of all issuers
    digest  TEXT   NOT NULL, -- of the request that it was used for
    expires BIGINT NOT NULL  -- when it is taken no more
);

CREATE INDEX used_tokens_expires ON used_tokens (expires);

-- +goose Down
DROP TABLE used_tokens;
