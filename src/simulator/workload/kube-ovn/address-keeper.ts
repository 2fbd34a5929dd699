/** Keeps IPs and subnets in step with who has an address, for as long as somebody follows what runs. */

import type { Api } from '../../api/api.ts';
import type { KubeObject } from '../../api/types.ts';
import { timestamp } from '../../controllers/time.ts';
import type { Beginning } from '../../world/beginning.ts';
import type { Told } from '../told.ts';
import { serverOf } from './daemon.ts';
import { isGiving, lacksNotes } from './give.ts';
import { isReady, keepsAddress, type Network } from './network.ts';
import { tellOfNetwork } from './tell.ts';

interface Place {
  api: Api;
  told: () => Told;
  /** Undefined where there is no Kube-OVN. */
  network: () => Network | undefined;
  /** Undefined of a cluster that has not begun. */
  beginning: () => Beginning | undefined;
  /** Unix time in ms. */
  now: () => number;
  /** Gives addresses to who waits for them, and says when it is to be asked again; left out where somebody else does so. */
  give?: () => Promise<number | undefined>;
}

const followed = ['ips', 'subnets'];

/** Until it begins to follow, everything is told when it is read. */
export class AddressKeeper {
  readonly #place: Place;
  #follows = false;
  #isDue = false;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;
  /** What is being given. */
  #given: Promise<unknown> = Promise.resolve();

  constructor(place: Place) {
    this.#place = place;
  }

  /** Brings what is about to be read up to date; `plural` says of which kind. */
  tell(plural: string): void {
    const { api, told, network, beginning, now } = this.#place;
    const [own, begun] = [network(), beginning()];
    if (own && begun) tellOfNetwork(plural, api, told(), own, begun, this.#follows ? timestamp(now()) : undefined);
  }

  /** From now on an IP comes and goes with the address of its Pod or Node. */
  follow(): void {
    if (this.#follows) return;
    // What has an address now has had it before.
    this.tell('ips');
    this.#follows = true;
    for (const kind of ['Pod', 'Node']) {
      this.#place.api.follow({ apiVersion: 'v1', kind }, ({ before, after }) => {
        if (addressOf(before?.object) !== addressOf(after?.object)) this.#soon();
        else if (after && mayBeGiven(before?.object, after.object)) this.#soon();
      });
    }
    // What was kept for a Pod goes with the set, or with its number.
    this.#place.api.follow({ apiVersion: 'apps/v1', kind: 'StatefulSet' }, ({ before, after }) => {
      const { replicas, ordinals } = before?.object.spec ?? {};
      const { replicas: wanted, ordinals: from } = after?.object.spec ?? {};
      if (!after || replicas !== wanted || ordinals !== from || after.object.metadata.deletionTimestamp) this.#soon();
    });
    // Who waits has done so before.
    this.#soon();
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /** Many Pods come at once. */
  #soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      if (this.#isOver) return;
      this.#told();
      this.#given = this.#given
        .then(() => this.#place.give?.())
        .then(
          (again) => {
            if (this.#isOver) return;
            this.#told();
            this.#again(again);
          },
          () => {},
        );
    });
  }

  /** Once at Unix time `at` in ms. */
  #again(at: number | undefined): void {
    clearTimeout(this.#timer);
    if (at === undefined) return;
    this.#timer = setTimeout(() => this.#soon(), Math.max(1, at - this.#place.now())).unref();
  }

  #told(): void {
    this.tell('ips');
    if (this.#place.api.isWatched('subnets')) this.tell('subnets');
  }
}

/** Whether somebody who watches a kind is to hear of addresses. */
export const isOfAddresses = (plural: string): boolean => followed.includes(plural);

/** Whether a change of a Pod or Node has somebody given an address, or tell that it has reached the network. */
function mayBeGiven(before: KubeObject | undefined, after: KubeObject): boolean {
  if (after.kind === 'Node') return before === undefined || isReady(before) !== isReady(after);
  const begins = (is: (pod: KubeObject) => boolean) => is(after) && !(before && is(before));
  return begins(isGiving) || begins(isServer) || (lacksNotes(after) && !(before && isAsBefore(before, after)));
}

const isServer = (pod: KubeObject): boolean => serverOf([pod], String(pod.spec?.['nodeName'] ?? '')) !== undefined;

/** Whether nothing has changed of what a Pod waits for. */
const isAsBefore = (before: KubeObject, after: KubeObject): boolean =>
  lacksNotes(before) && before.spec?.['nodeName'] === after.spec?.['nodeName'];

/** Whose address it is, and which; undefined where there is none, or none any more. */
function addressOf(object: KubeObject | undefined): string | undefined {
  const address = object?.metadata.annotations?.['ovn.kubernetes.io/ip_address'];
  return object && address && keepsAddress(object) ? `${object.metadata.uid}/${address}` : undefined;
}
