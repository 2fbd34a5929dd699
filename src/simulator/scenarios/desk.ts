/**
 * The control of scenarios from outside: a ConfigMap that tells what is being played, and obeys. For example
 * `kubectl -n metaldeck-simulator patch cm sim-scenario --type merge -p '{"data":{"command":"start:pool-exhausted"}}'`.
 */

import type { Transport } from '../../kube/types.ts';
import { Client, isConflict, isNotFound } from '../controllers/client.ts';
import { Informer } from '../controllers/informer.ts';
import { kinds } from '../controllers/kinds.ts';
import type { Controller, Runtime } from '../controllers/runtime.ts';
import type { ConfigMap } from '../controllers/shapes/core.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import type { Director } from './director.ts';

export const deskNamespace = 'metaldeck-simulator';
export const deskName = 'sim-scenario';
/** An order may come as the data key `command`, or as this annotation. */
export const commandAnnotation = 'metaldeck-simulator/command';

const managed = { 'app.kubernetes.io/managed-by': 'metaldeck-simulator' };
const commands = 'go-on, stop, heal, start:<name>';

/** The ConfigMap and who minds it. `open` it on a started runtime, `close` it in the end; one use only. */
export class Desk {
  readonly #rt: Runtime;
  readonly #transport: Transport;
  readonly #director: Director;
  readonly #informer: Informer<ConfigMap>;
  readonly #client: Client;
  readonly #controller: Controller;
  #answer = '';

  constructor(rt: Runtime, transport: Transport, director: Director) {
    this.#rt = rt;
    this.#transport = transport;
    this.#director = director;
    const selector = { fieldSelector: `metadata.name=${deskName}`, covers: isDesk };
    this.#informer = new Informer(transport, kinds.ConfigMap, deskNamespace, selector);
    this.#client = new Client(
      transport,
      deskNamespace,
      <T extends KubeObject>() => this.#informer as unknown as Informer<T>,
    );
    this.#controller = rt.controller('scenario-desk', () => this.#reconcile());
  }

  /** Creates namespace and ConfigMap where they are missing and starts to obey. Throws KubeError where that is refused. */
  async open(): Promise<void> {
    await this.#createNamespace();
    await this.#informer.start();
    // At once: controllers that have just started have a long queue.
    if (!this.#informer.get(deskName)) await this.#create();
    this.#informer.onChange(() => this.#controller.enqueue(deskName));
    this.#director.onChange(() => this.#controller.enqueue(deskName));
    this.#controller.enqueue(deskName);
  }

  close(): void {
    this.#informer.stop();
  }

  async #createNamespace(): Promise<void> {
    const metadata = { name: deskNamespace, labels: managed };
    try {
      await this.#transport.json({
        method: 'POST',
        path: '/api/v1/namespaces',
        body: { apiVersion: 'v1', kind: 'Namespace', metadata },
      });
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }

  async #reconcile(): Promise<undefined> {
    const found = this.#informer.get(deskName);
    if (!found) {
      await this.#create();
      return;
    }
    const command = (found.data?.['command'] || found.metadata.annotations?.[commandAnnotation])?.trim();
    if (!command) {
      await this.#client.change(kinds.ConfigMap, found, (draft) => this.#write(draft));
      return;
    }
    // Taking the order off the desk is bound to the version that was read: it is obeyed once, whoever else writes.
    await this.#client.change(kinds.ConfigMap, found, (draft) => {
      delete draft.data!['command'];
      delete draft.metadata.annotations?.[commandAnnotation];
      draft.data!['answer'] = `${command}: heard`;
    });
    // Not awaited: the order is carried out on the same queue, after this.
    this.#obey(command).then(
      () => this.#reply(`${command}: done`),
      (error: unknown) => this.#reply(`${command}: refused, ${error instanceof Error ? error.message : error}`),
    );
  }

  async #create(): Promise<void> {
    const desk: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: deskName, namespace: deskNamespace, labels: managed },
      data: {},
    };
    this.#write(desk);
    try {
      await this.#client.create(kinds.ConfigMap, desk);
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) throw error;
      // The namespace may be on its way out with the ConfigMap in it.
      if (isNotFound(error)) await this.#createNamespace();
    }
  }

  #obey(command: string): Promise<void> {
    const [word = '', name = ''] = command.split(/:(.*)/s).map((part) => part.trim());
    if (word === 'start') return this.#director.start(name);
    if (word === 'go-on') return this.#director.goOn();
    if (word === 'stop') return this.#director.stop();
    if (word === 'heal') return this.#director.heal();
    return Promise.reject(new RangeError(`there are only ${commands}`));
  }

  #reply(text: string): void {
    this.#answer = `${this.#rt.timestamp()} ${text}`;
    this.#controller.enqueue(deskName);
  }

  #write(draft: ConfigMap): void {
    const { standing, scenario, step, did, next, nextAt, problem } = this.#director.state;
    const data: Record<string, string | undefined> = {
      ...draft.data,
      state: standing,
      scenario: scenario?.name,
      failureMode: scenario?.failureMode,
      about: scenario?.about,
      lookFor: scenario?.lookFor,
      stays: scenario?.stays,
      step: did === undefined ? String(step) : `${step}: ${did}`,
      next: next === undefined ? undefined : `${next}${nextAt === undefined ? '' : ` by ${timestamp(nextAt)}`}`,
      problem,
      answer: this.#answer || undefined,
      commands,
      scenarios: this.#director.list.map(({ name, about }) => `${name}: ${about}\n`).join(''),
    };
    draft.metadata.labels = { ...draft.metadata.labels, ...managed };
    draft.data = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >;
  }
}

const isDesk = ({ metadata }: KubeObject): boolean => metadata.name === deskName;
