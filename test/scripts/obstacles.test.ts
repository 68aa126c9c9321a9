import assert from "node:assert/strict";
import { aptFault, diskFault, noDockerFault, portFault } from "../../scripts/lib/obstacles.ts";

describe("portFault", () => {
  const published = { ip: "127.0.0.1", port: 8080, key: "edge.publish" };
  const elsewhere = "npm run pulumi -- config set --path edge.publish 127.0.0.1:8081 --stack dev";

  it("says who listens there, and how to serve elsewhere", () =>
    assert.equal(
      portFault(published, "process 4711 (nginx)", "dev"),
      `edge.publish: port 8080 of 127.0.0.1 is taken by process 4711 (nginx); stop that, or serve elsewhere: ${elsewhere}`,
    ));

  it("does without knowing who", () =>
    assert.equal(
      portFault(published, undefined, "dev"),
      `edge.publish: port 8080 of 127.0.0.1 is taken by another program; stop that, or serve elsewhere: ${elsewhere}`,
    ));

  it("proposes a port that there is", () =>
    assert.match(portFault({ ...published, port: 65_535 }, undefined, "dev"), /127\.0\.0\.1:8080 --stack dev$/));
});

describe("diskFault", () => {
  const remedy = "free some there (for images: docker system prune), then run this again";

  it("names the place that is too full", () =>
    assert.equal(
      diskFault([
        { path: "/home", free: 9e9 },
        { path: "/var/lib/docker", free: 4.96e9 },
      ]),
      `/var/lib/docker has 4.9 GB free and needs 5 GB; ${remedy}`,
    ));

  it("finds no fault with exactly enough", () => assert.equal(diskFault([{ path: "/home", free: 5e9 }]), undefined));
});

describe("aptFault", () => {
  it("names the first error, and sources that cannot be reached", () => {
    const output = "Reading package lists...\nW: x\nE: Unable to locate package docker.io\nE: y\n";
    assert.equal(
      aptFault(["docker.io", "iptables"], output),
      "apt could not install docker.io, iptables (Unable to locate package docker.io); " +
        "see that this machine reaches its package sources (apt-get update), then run this again",
    );
  });

  it("leaves the cause to apt where it is another", () =>
    assert.equal(
      aptFault(["iptables"], "E: Sub-process /usr/bin/dpkg returned an error code (1)\n"),
      "apt could not install iptables (Sub-process /usr/bin/dpkg returned an error code (1)); " +
        "see what is wrong with: apt-get install -f, then run this again",
    ));

  it("has something to say when apt has not", () =>
    assert.match(aptFault(["iptables"], ""), /^apt could not install iptables \(it said nothing\); /));
});

describe("noDockerFault", () => {
  it("sends somebody who is not root to root, where there is apt", () =>
    assert.equal(
      noDockerFault({ isRoot: false, hasApt: true }),
      "Docker is not on this machine, and installing it takes root; " +
        "run this as root (sudo npm run quickstart), which installs it, or ask somebody who may, then run this again",
    ));

  it("sends everybody to Docker's own page elsewhere", () =>
    assert.equal(
      noDockerFault({ isRoot: true, hasApt: false }),
      "Docker is not on this machine, and there is no apt here to install it; " +
        "install it (https://docs.docker.com/engine/install), start it, then run this again",
    ));
});
