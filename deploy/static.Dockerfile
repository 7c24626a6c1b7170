# The relay's static program in an image. `make dist` copies this file as Dockerfile beside the program, into build/dist/container:
#
#   docker build -t akiba-relay build/dist/container

FROM gcr.io/distroless/static-debian12:nonroot
COPY akiba-relay /usr/local/bin/akiba-relay
COPY THIRD-PARTY.txt /usr/share/doc/akiba-relay/THIRD-PARTY.txt
# Distroless has it as nonroot.
USER 65532
WORKDIR /home/nonroot
# All addresses, of IPv6 and of IPv4. On a kernel without IPv6, set 0.0.0.0:8081.
ENV AKIBA_RELAY_LISTEN=[::]:8081 AKIBA_RELAY_LOG_FORMAT=json
EXPOSE 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["/usr/local/bin/akiba-relay", "ready"]
ENTRYPOINT ["/usr/local/bin/akiba-relay"]
