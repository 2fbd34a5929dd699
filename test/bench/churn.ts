/**
 * Changes hosts at a steady rate until its parent lets go: of ten changes five are the storage observer's report, which
 * comes about once a minute from each host, four another annotation of any host, and one the allocation state of a host
 * near the top of the list, so that what is on screen changes too. Tells its parent each second how many were done.
 */
import { readFileSync } from 'node:fs';
import { httpTransport } from '../contract/http-transport.ts';
import { type HostPlace, hostPlace } from './layout.ts';
import { targetFromEnvironment } from './server.ts';

const STEP_MS = 50;
/** So many hosts, the first by name, are in sight. */
const IN_SIGHT = 40;

const target = targetFromEnvironment();
const [hosts = 0, perSecond = 200] = process.argv.slice(2).map(Number);
const transport = httpTransport({ url: target.url, token: target.token, ca: readFileSync(target.ca, 'utf8') });
const COLLECTION = `/apis/elemental.cattle.io/v1beta1/namespaces/${target.namespace}/machineinventories`;
let done = 0;
let failed = 0;
let number = 0;

const all = Array.from({ length: hosts }, (_, index) => hostPlace(index));
const inSight = all.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, IN_SIGHT);
const any = (of: readonly HostPlace[]) => of[Math.floor(Math.random() * of.length)]!;

function change(): { path: string; body: unknown } {
  number += 1;
  if (number % 2 === 0) {
    const observedStorage = { sequence: number, observedAt: new Date().toISOString() };
    return { path: `${any(all).name}/status`, body: { status: { observedStorage } } };
  }
  if (number % 10 === 1) {
    const state = Math.random() < 0.5 ? 'Allocated' : 'Reprovisioning';
    return {
      path: any(inSight).name,
      body: { metadata: { annotations: { 'baremetal.alauda.io/allocation-state': state } } },
    };
  }
  const address = `10.9.${number & 255}.7`;
  const annotations = { 'elemental.cattle.io/registration-ip': address };
  return { path: any(all).name, body: { metadata: { annotations } } };
}

async function one(): Promise<void> {
  const { path, body } = change();
  const contentType = 'application/merge-patch+json';
  await transport.json({ method: 'PATCH', path: `${COLLECTION}/${path}`, contentType, body }).then(
    () => {
      done += 1;
    },
    () => {
      failed += 1;
    },
  );
}

let owed = 0;
let last = performance.now();
let under = 0;
setInterval(() => {
  const now = performance.now();
  owed += ((now - last) * perSecond) / 1000;
  last = now;
  // A server that does not keep up is not asked for more: the rate that was reached is reported.
  for (; owed >= 1 && under < 64; owed -= 1) {
    under += 1;
    void one().finally(() => {
      under -= 1;
    });
  }
  owed = Math.min(owed, perSecond);
}, STEP_MS);
setInterval(() => process.send?.({ done, failed }), 1_000);
process.on('disconnect', () => process.exit());
