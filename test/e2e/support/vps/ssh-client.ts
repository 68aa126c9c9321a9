import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa } from "execa";

/** A user's ssh of its own: keys, known_hosts and configuration in one folder, and nobody's own touched. */
export class SshClient {
  constructor(private readonly folder: string) {}

  /** Makes two key pairs, `own` and `other`, and an `ssh` that reads nothing but this folder. */
  async prepare(): Promise<void> {
    await mkdir(join(this.folder, "bin"), { recursive: true });
    for (const key of ["own", "other"])
      await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", key, "-f", join(this.folder, key)]);
    // ssh finds its files by the user, not by HOME.
    const ssh = join(this.folder, "bin/ssh");
    await writeFile(ssh, `#!/bin/sh\nexec /usr/bin/ssh -F ${join(this.folder, "config")} "$@"\n`);
    await chmod(ssh, 0o755);
    await this.logInWith("own");
  }

  /** The variables under which a process takes this ssh for the system's. */
  get env(): { PATH: string } {
    return { PATH: [join(this.folder, "bin"), process.env["PATH"]].join(delimiter) };
  }

  publicKey(key: "own" | "other"): string {
    return join(this.folder, `${key}.pub`);
  }

  /** A host key that no host has. */
  async otherKey(): Promise<string> {
    return (await readFile(this.publicKey("other"), "utf8")).trim();
  }

  async logInWith(key: "own" | "other"): Promise<void> {
    const config = {
      IdentityFile: join(this.folder, key),
      IdentitiesOnly: "yes",
      UserKnownHostsFile: join(this.folder, "known_hosts"),
      GlobalKnownHostsFile: "/dev/null",
    };
    const lines = Object.entries(config).map(([option, value]) => `${option} ${value}\n`);
    await writeFile(join(this.folder, "config"), lines.join(""));
  }

  /** Knows these hosts and no other. */
  async know(hosts: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries(hosts).map(([host, publicKey]) => `${host} ${publicKey}\n`);
    await writeFile(join(this.folder, "known_hosts"), lines.join(""));
  }
}
