/** Make a MachineRegistration: what hosts register by, where nothing lets them yet (domain §6.0, step 1). */
import type { Plan, Request, Sent, World } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { textIn } from './find.ts';
import { progressOf, writtenSight } from './progress.ts';
import { LONGEST_STEM, registrationBody } from './registration-body.ts';
import { entered, nameProblem } from './values.ts';

const DISK = /^\/dev\/[\w][\w./:+-]{0,120}$/;

interface Found {
  name: string;
  stem: string;
  tpm: string;
  device: string;
}

/** What the names of the hosts of a registration begin with, by its own name: `depot` of `depot-registration`. */
export function stemOf(name: string): string {
  return name.replace(/-registration$/, '');
}

/** Why a registration cannot be made as entered, as a sentence. Empty `tpm`: a real one. */
export function registrationProblem(name: string, tpm: string, device: string): string | undefined {
  const bad = nameProblem(name);
  if (bad !== undefined) return bad;
  // Names of hosts begin with it, and they are names of Nodes later.
  if (name.length > 63) return 'the name of a registration is at most 63 characters here';
  if (!['', 'real', 'emulated'].includes(tpm)) return `tpm "${tpm.slice(0, 20)}": real or emulated`;
  return device === '' || DISK.test(device) ? undefined : `"${device.slice(0, 60)}" is no disk such as /dev/nvme0n1`;
}

function found(world: World, request: Request): Found | Refusal {
  const [name, tpm, device] = ['name', 'tpm', 'device'].map((field) => entered(request, field).trim()) as [
    string,
    string,
    string,
  ];
  const bad = registrationProblem(name, tpm, device);
  if (bad !== undefined) return refused(bad);
  if (world.fleet.registrations.list.some((row) => row.name === name)) return refused(`${name} is there already`);
  return { name, stem: stemOf(name), tpm, device };
}

function draft(world: World, { name, stem, tpm, device }: Found): Plan {
  const emulateTpm = tpm === 'emulated';
  const body = registrationBody({
    name,
    namespace: world.namespace,
    stem,
    ...(device === '' ? {} : { installDevice: device }),
    ejectCd: true,
    reboot: true,
    emulateTpm,
  });
  const step = {
    id: `make ${name}`,
    title: `Make MachineRegistration ${name}`,
    why: 'hosts that boot an ISO of it register by themselves',
    write: { verb: 'create' as const, kind: 'registration' as const, name, body },
    diff: [
      { path: 'spec.machineName', to: `${stem}-\${System Information/UUID}` },
      ...(device === '' ? [] : [{ path: 'spec.config.elemental.install.device', to: device }]),
      { path: 'spec.config.elemental.install.eject-cd', to: true },
      { path: 'spec.config.elemental.install.reboot', to: true },
      { path: 'spec.config.elemental.registration.emulate-tpm', to: emulateTpm },
    ],
  };
  return {
    title: `Make registration ${name}`,
    checks: [
      check(
        'TPM',
        emulateTpm ? 'emulated: for labs and virtual machines only' : 'a real one in every host',
        emulateTpm ? 'warn' : undefined,
      ),
      device === ''
        ? check('disk', 'the installer chooses: on virtual machines it may choose the ISO', 'warn')
        : check('disk', `${device}: what is on it is lost`),
      ...(stem.length > LONGEST_STEM
        ? [check('names of hosts', `${stem} leaves no room for a whole UUID: names are cut at 58 characters`, 'warn')]
        : []),
    ],
    steps: [step],
    expected: [{ text: 'The operator gives it its URL; an ISO can be built for it then', tone: 'info' }],
    severity: 'reversible',
    confirm: [],
    undo: 'A registration harms nobody; it is deleted by kubectl, once no host is to register by it any more',
    memo: { steps: [step.id], name },
  };
}

function done(world: World, sent: Sent) {
  const name = textIn(sent.memo, 'name');
  const row = world.fleet.registrations.list.find((one) => one.name === name);
  return progressOf([writtenSight(sent), readySight(row)]);
}

/** Whether hosts can register by it. */
export function readySight(row: World['fleet']['registrations']['list'][number] | undefined) {
  return {
    title: 'Ready, with its URL',
    seen: row?.ready?.status === 'True' && row.object.url !== undefined,
    detail: row ? (row.ready?.reason ?? 'not looked at yet') : 'not there yet',
  };
}

/** The operation. */
export const makeRegistration = defineOperation<Found>({
  id: 'make-registration',
  title: 'Make a registration',
  about: 'Make a MachineRegistration, by which hosts that boot its ISO register',
  on: ['pool', 'catalog'],
  many: false,
  fields: [
    {
      name: 'name',
      title: 'Name of the registration',
      kind: 'text',
      initial(world, [target]) {
        const cluster = target?.kind === 'pool' ? world.fleet.pools.byUid.get(target.uid)?.cluster : undefined;
        return cluster === undefined ? '' : `${cluster}-registration`;
      },
    },
    {
      name: 'tpm',
      title: 'TPM of the hosts',
      kind: 'choice',
      initial: () => 'real',
      optional: true,
      choices: () => [
        { value: 'real', title: 'a real one in every host' },
        { value: 'emulated', title: 'emulated: for labs and virtual machines only' },
      ],
    },
    {
      name: 'device',
      title: 'Disk to install on; empty: the installer chooses',
      kind: 'text',
      initial: () => '',
      optional: true,
    },
  ],
  kinds: ['registration'],
  offer: () => undefined,
  examine: (world, request) => found(world, request),
  draft: (world, _request, what) => draft(world, what),
  done,
});
