// One of everything that stacks of this project consist of; run by takeover.test.ts from a copy elsewhere.
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

const labels = [
  { label: "one", value: "1" },
  { label: "another", value: "2" },
];
const password = new random.RandomPassword("password", { length: 20, special: false });
const version = new random.RandomId("version", { byteLength: 6, keepers: { content: password.result } });
const network = new docker.Network("conf-takeover-net", { internal: true, labels });
const volume = new docker.Volume("conf-takeover-vol", { labels });
const remote = new docker.RemoteImage("remote", { name: "conformance/base:1", keepLocally: true });
const built = new docker.Image("built", {
  imageName: "conf-takeover/built:1",
  skipPush: true,
  build: { context: "context", builderVersion: "BuilderV1", platform: "linux/amd64" },
});
const container = new docker.Container(
  "conf-takeover-app",
  {
    image: remote.imageId,
    command: ["sleep", "1000"],
    user: "1000:1000",
    envs: ["PLAIN=1", pulumi.interpolate`PASSWORD=${password.result}`],
    labels,
    networksAdvanced: [{ name: network.name, aliases: ["app", "alias"] }],
    mounts: [{ type: "volume", source: volume.name, target: "/data", readOnly: true }],
    tmpfs: { "/tmp": "size=1048576" },
    healthcheck: { tests: ["CMD", "true"], interval: "10s", timeout: "5s", retries: 3 },
    memory: 64,
    memorySwap: 64,
    cpus: "0.5",
    init: true,
    readOnly: true,
    capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN"] },
    securityOpts: ["no-new-privileges:true"],
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
    restart: "unless-stopped",
    stopTimeout: 10,
    destroyGraceSeconds: 1,
  },
  { deleteBeforeReplace: false, replaceOnChanges: ["mounts", "healthcheck", "init", "tmpfs"] },
);
new command.local.Command(
  "gate",
  {
    create: "cat >/dev/null; echo passed",
    stdin: password.result,
    triggers: [container.id],
    environment: { BUILT: built.repoDigest, V: version.hex },
  },
  { dependsOn: container },
);
