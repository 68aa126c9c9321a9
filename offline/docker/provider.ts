// Stand-in for the docker provider, of the resource types and properties that this project uses.
import { Bridged } from "../provider/bridged.ts";
import { serveProvider } from "../provider/server.ts";
import { mapValues, type Props } from "../provider/values.ts";
import { Image } from "./build.ts";
import { container } from "./container.ts";
import { Engine } from "./engine.ts";
import { remoteImage } from "./images.ts";
import { network, volume } from "./network.ts";

let engine: Engine | undefined;

function current(): Engine {
  if (engine) return engine;
  throw new Error("the docker provider was asked to work before it was configured");
}

/** An ssh host is left alone until there is work for it; any other must answer before a preview begins. */
async function configure({ host, sshOpts }: Props): Promise<void> {
  const options = typeof sshOpts === "string" ? (JSON.parse(sshOpts) as string[]) : sshOpts;
  const fallback = process.env.DOCKER_SSH_OPTS?.split(" ") ?? [];
  const address = (host as string | undefined) ?? process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
  engine = new Engine(address, (options as string[] | undefined) ?? fallback);
  if (engine.isSsh) return;
  await engine.ping().catch(() => {
    throw new Error(
      "docker native provider returned an unexpected error from Configure: failed to connect to any docker daemon",
    );
  });
}

function checkConfig(news: Props): Props {
  const unknown = Object.keys(news).find((name) => !["host", "sshOpts", "version"].includes(name));
  if (!unknown) return news;
  const remedy = "remove it or install the official docker plugin";
  throw new Error(`docker:Provider: the offline stand-in does not implement "${unknown}"; ${remedy}`);
}

const drivers = {
  "docker:index/container:Container": container,
  "docker:index/network:Network": network,
  "docker:index/remoteImage:RemoteImage": remoteImage,
  "docker:index/volume:Volume": volume,
};
const bridged = mapValues(drivers, (driver, type) => new Bridged(type, driver(current)));
const resources = { ...bridged, "docker:index/image:Image": new Image(current) };

serveProvider({ version: "5.2.0", resources, checkConfig, configure });
