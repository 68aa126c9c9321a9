import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { aptInstall } from "../../../offline/engine.ts";
import { root } from "./stack.ts";

/** Installs Debian's Chromium, and what the network tests need, where they are missing. */
export function installBrowser(): Promise<void> {
  return aptInstall(["chromium", "iproute2", "procps"]);
}

/** Where screenshots go. */
export const ARTIFACTS = join(root, "test/artifacts");

/** As root in a container Chromium has no sandbox; its own background traffic is switched off. */
const OPTIONS = {
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** Opens a page in headless Chromium, and closes the browser whatever happens. */
export async function onPage<T>(url: string, act: (page: Page) => Promise<T>): Promise<T> {
  await mkdir(ARTIFACTS, { recursive: true });
  const browser = await chromium.launch(OPTIONS);
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    await page.goto(url);
    return await act(page);
  } finally {
    await browser.close();
  }
}
