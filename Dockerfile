# docker build -t asft .                           for the processor
# docker build -t asft --build-arg TORCH=cuda .    for NVIDIA GPUs (run with --gpus all)
# docker run -p 5080:5080 -v asft:/data -e Access__Token=a-long-random-text asft
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TORCH=cpu
WORKDIR /source
COPY . .
RUN dotnet publish src/AsFT.Web -c Release -o /app -p:Torch=$TORCH

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 libjemalloc2 curl && rm -rf /var/lib/apt/lists/* \
    && mkdir /data && chown app:app /data
COPY --from=build /app /app
# Beyond loopback the site does not start without Access__Token.
ENV ASPNETCORE_URLS=http://0.0.0.0:5080 ASPNETCORE_HTTP_PORTS= Data__Directory=/data
USER app
VOLUME /data
EXPOSE 5080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD curl -fsS http://localhost:5080/health || exit 1
WORKDIR /app
ENTRYPOINT ["dotnet", "AsFT.Web.dll"]
