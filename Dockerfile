# syntax=docker/dockerfile:1

# Built where the builder is, for whatever machine is asked for.
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev TARGETOS TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/nexusgate ./cmd/nexusgate \
 && mkdir /out/data

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="nexusgate" \
      org.opencontainers.image.description="Says whether the sum of a Nexus's integrated work is done" \
      org.opencontainers.image.source="https://github.com/nexusgate/nexusgate" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/nexusgate /nexusgate
# A new named volume takes the owner of this folder.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENV NEXUSGATE_LISTEN=:8080 \
    NEXUSGATE_STORE=sqlite:/data/nexusgate.db \
    TMPDIR=/data
ENTRYPOINT ["/nexusgate"]
CMD ["serve", "--config", "/etc/nexusgate/nexus.cue"]
