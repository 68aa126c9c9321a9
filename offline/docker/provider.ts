// Stand-in for the docker provider, of the resource types and properties that this project uses.
import { bridged } from "../provider/bridged.ts";
import { type Provider, serveProvider } from "../provider/server.ts";
import { mapValues, type Props } from "../provider/values.ts";
import { container } from "./container.ts";
import { Engine } from "./engine.ts";
import { image } from "./build.ts";
import { remoteImage } from "./images.ts";
import { network, volume } from "./network.ts";

const settings = ["host", "sshOpts", "caMaterial", "certMaterial", "keyMaterial", "certPath", "version"];

let engine: Engine | undefined;

function current(): Engine {
  if (engine) return engine;
  throw new Error("the docker provider was asked to work before it was configured");
}

/** An ssh host is left alone until there is work for it; any other must answer before a preview begins. */
async function configure(config: Props): Promise<void> {
  engine = new Engine(config);
  if (engine.isSsh) return;
  await engine.ping().catch(() => {
    const from = "docker native provider returned an unexpected error from Configure";
    throw new Error(`${from}: failed to connect to any docker daemon`);
  });
}

function checkConfig(news: Props): Props {
  const unknown = Object.keys(news).find((name) => !settings.includes(name) && !name.startsWith("__"));
  if (!unknown) return news;
  throw new Error(
    `docker:Provider: the offline stand-in does not implement "${unknown}"; remove it or install the official docker plugin`,
  );
}

const drivers = {
  "docker:index/container:Container": container,
  "docker:index/network:Network": network,
  "docker:index/remoteImage:RemoteImage": remoteImage,
  "docker:index/volume:Volume": volume,
};

const provider: Provider = {
  version: "5.2.0",
  supportsAutonaming: true,
  resources: {
    ...mapValues(drivers, (driver, type) => bridged(type, driver(current))),
    "docker:index/image:Image": image(current),
  },
  checkConfig,
  configure,
};

serveProvider(provider);
