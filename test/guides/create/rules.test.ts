/** Every rule with answers that are good and answers that are bad, each bad one refused by that rule alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Known } from '../../../src/guides/create/known.ts';
import { isSound, RULES, validate } from '../../../src/guides/create/rules/index.ts';
import { given, HOSTS, KEY, KNOWN, knownHost, uuidOf } from './fixtures.ts';

type Changes = Readonly<Record<string, unknown>>;

interface Bad {
  changes?: Changes;
  known?: Known;
  /** In the words of the finding. */
  says: RegExp;
  severity?: 'warning';
}

const host1 = { uuid: uuidOf(1), hostname: 'depot-cp-1' };
const plane = (...first: unknown[]) => [...first, { uuid: uuidOf(2) }, { uuid: uuidOf(3) }];
const withHost = (n: number, more: Parameters<typeof knownHost>[1]): Known => ({
  ...KNOWN,
  hosts: HOSTS.map((one, at) => (at === n - 1 ? knownHost(n, more) : one)),
});

/** By rule: what it refuses. */
const BAD: Record<string, Bad[]> = {
  required: [{ changes: { kubernetesVersion: undefined }, says: /Kubernetes version is missing/ }],
  'name-form': [
    { changes: { cluster: 'Depot' }, says: /capital letters/ },
    { changes: { cluster: '1depot' }, says: /begin with a letter/ },
    { changes: { cluster: 'a'.repeat(44) }, says: /44 characters, 43 at most/ },
    { changes: { cluster: 'depot.one' }, says: /must be of a-z/ },
  ],
  'name-reserved': [{ changes: { cluster: 'global' }, says: /management cluster/ }],
  'name-room': [
    {
      changes: { cluster: 'a'.repeat(25), 'workers.replicas': 0, 'workers.hosts': [] },
      says: /4 characters of each UUID/,
      severity: 'warning',
    },
  ],
  'hostname-form': [
    { changes: { 'controlPlane.hosts': plane({ ...host1, hostname: 'cp_1' }) }, says: /hostname "cp_1"/ },
    { changes: { 'controlPlane.hosts': plane({ ...host1, hostname: 'a b' }) }, says: /hostname "a b"/ },
  ],
  'hostname-unique': [
    {
      changes: {
        'workers.hosts': [{ uuid: uuidOf(4), hostname: 'depot-cp-1' }, { uuid: uuidOf(5) }, { uuid: uuidOf(6) }],
      },
      says: /two nodes would be called depot-cp-1/,
    },
  ],
  'version-form': [{ changes: { kubernetesVersion: '1.33.7-2' }, says: /not a version such as v1/ }],
  'version-catalog': [{ changes: { kubernetesVersion: 'v1.34.5' }, says: /not in elemental-image-catalog/ }],
  'tags-matrix': [
    { changes: { 'images.dns': '1.11.3-v4.1.0' }, says: /the matrix has 1.12.4-v4.2.7/, severity: 'warning' },
  ],
  'tags-form': [{ changes: { 'images.etcd': 'v3 5' }, says: /no tag/ }],
  'registry-form': [
    { changes: { 'registry.address': 'https://registry.example' }, says: /without http/ },
    { changes: { 'registry.address': 'registry example' }, says: /no registry/ },
  ],
  'iso-image': [
    { changes: { 'iso.baseImage': 'nothing' }, says: /no image/ },
    {
      changes: { 'iso.baseImage': 'registry.example/tkestack/baremetal-base-image:v0.0.0-beta-1.33.7-2' },
      says: /it would be/,
      severity: 'warning',
    },
  ],
  'iso-figures': [
    { changes: { 'iso.size': 'large' }, says: /no size/ },
    { changes: { 'iso.cleanupAfterMinutes': -1 }, says: /minutes/ },
    { changes: { 'iso.statePartitionMiB': 5 }, says: /at least 1024/ },
  ],
  tpm: [
    { changes: { 'registration.emulateTpm': true }, says: /labs only/, severity: 'warning' },
    { changes: { 'registration.emulatedTpmSeed': -1 }, says: /a seed without/ },
    {
      changes: { 'registration.emulateTpm': true, 'registration.emulatedTpmSeed': 7 },
      says: /same identity/,
      severity: 'warning',
    },
  ],
  'install-device': [
    { changes: { 'registration.installDevice': undefined }, says: /chooses the disk/, severity: 'warning' },
    { changes: { 'registration.installDevice': 'sda' }, says: /no disk/ },
  ],
  'install-reboot': [
    { changes: { 'registration.reboot': false }, says: /until somebody reboots/, severity: 'warning' },
    { changes: { 'registration.ejectCd': false }, says: /boot the ISO again/, severity: 'warning' },
  ],
  'dns-form': [{ changes: { 'dns.servers': ['ns1.example'] }, says: /no address/ }],
  'dns-place': [
    { changes: { 'dns.servers': ['10.0.0.53'], 'dns.place': 'iso' }, says: /newer document/, severity: 'warning' },
  ],
  'ssh-keys': [
    { changes: { 'ssh.authorizedKeys': [] }, says: /without a key/ },
    { changes: { 'ssh.authorizedKeys': ['-----BEGIN OPENSSH PRIVATE KEY-----'] }, says: /private key/ },
    { changes: { 'ssh.authorizedKeys': [KEY.slice(0, 40)] }, says: /cut off/ },
    {
      changes: { 'ssh.authorizedKeys': [KEY.replace('ssh-ed25519', 'ssh-rsa')] },
      says: /does not hold a key of type ssh-rsa/,
    },
  ],
  'vip-form': [
    { changes: { 'endpoint.host': undefined }, says: /is missing/ },
    { changes: { 'endpoint.host': 'api.example' }, says: /keepalived needs one/ },
    {
      changes: { 'endpoint.host': '10.0.0', 'endpoint.type': 'External', 'endpoint.vrid': undefined },
      says: /neither an address nor a name/,
    },
  ],
  'vip-outside': [
    {
      changes: { 'endpoint.host': '10.99.0.1', 'networks.hosts': [] },
      known: { ...KNOWN, hosts: [] },
      says: /inside the pods/,
    },
  ],
  'vip-network': [
    { changes: { 'endpoint.host': '10.30.0.1' }, says: /in no network of depot-/ },
    {
      changes: { 'endpoint.host': '10.30.0.1', 'networks.hosts': ['10.20.0.0/16'] },
      known: { ...KNOWN, hosts: [] },
      says: /none of the hosts' networks/,
    },
    { changes: { 'endpoint.host': '10.20.1.255' }, says: /broadcast/ },
  ],
  'vip-host': [{ changes: { 'endpoint.host': '10.20.1.11' }, says: /is an address of depot-/ }],
  'vip-taken': [{ changes: { 'endpoint.host': '10.20.1.250' }, says: /address of cluster prod/ }],
  port: [{ changes: { 'endpoint.port': 65_536 }, says: /1 to 65535/ }],
  'vrid-given': [
    { changes: { 'endpoint.vrid': undefined }, says: /0 to 255/ },
    { changes: { 'endpoint.vrid': 256 }, says: /0 to 255/ },
    { changes: { 'endpoint.type': 'External' }, says: /leave it out/ },
  ],
  'vrid-zero': [{ changes: { 'endpoint.vrid': 0 }, says: /RFC 5798/, severity: 'warning' }],
  'vrid-unique': [{ changes: { 'endpoint.vrid': 52 }, says: /router id of prod/ }],
  'cidr-form': [
    { changes: { 'networks.pods': '10.99.0.0' }, says: /no network/ },
    { changes: { 'networks.hosts': ['here'] }, says: /no network/ },
  ],
  'cidr-canonical': [{ changes: { 'networks.pods': '10.99.1.0/16' }, says: /10.99.0.0\/16 is meant/ }],
  'cidr-families': [
    { changes: { 'networks.services': 'fd00:10::/112' }, says: /pods are IPv4, services IPv6/ },
    { changes: { 'networks.pods': '10.98.0.0/16,10.99.0.0/16' }, says: /same family/ },
  ],
  'cidr-services-size': [{ changes: { 'networks.services': '172.0.0.0/8' }, says: /too large/ }],
  'cidr-join-size': [
    { changes: { 'networks.join': '100.65.0.0/20' }, says: /a \/16, not a \/20/, severity: 'warning' },
  ],
  'cidr-disjoint': [{ changes: { 'networks.services': '10.99.128.0/20' }, says: /overlaps the pods/ }],
  'cidr-other-clusters': [
    { changes: { 'networks.pods': '10.3.0.0/17' }, says: /overlaps the pods 10.3.0.0\/16 of prod/ },
  ],
  'cidr-hosts': [
    { changes: { 'networks.services': '10.20.0.0/16', 'endpoint.host': '10.20.1.200' }, says: /where depot-/ },
    { changes: { 'networks.hosts': ['10.99.3.0/24'] }, says: /the hosts' network/ },
  ],
  'cidr-given': [{ changes: { 'networks.join': undefined }, says: /Kube-OVN join is missing/ }],
  'replicas-odd': [
    { changes: { 'controlPlane.replicas': 1 }, says: /at least 3/ },
    { changes: { 'controlPlane.replicas': 4 }, says: /even/ },
  ],
  'replicas-workers': [{ changes: { 'workers.replicas': -1 }, says: /0 or more/ }],
  'pool-size': [
    { changes: { 'workers.replicas': 4 }, says: /3 hosts for 4 nodes: 1 more/, severity: 'warning' },
    {
      changes: { 'workers.replicas': 4, parts: ['pools', 'controlPlane', 'workers'] },
      says: /3 hosts for 4 nodes: 1 more/,
    },
  ],
  'host-known': [
    { changes: { 'controlPlane.hosts': plane({ hostname: 'depot-cp-1' }) }, says: /is not said/ },
    { changes: { 'controlPlane.hosts': plane({ uuid: 'x' }) }, says: /no UUID/ },
    { changes: { 'controlPlane.hosts': plane({ mac: 'b4:96' }) }, says: /no MAC/ },
  ],
  'host-twice': [
    {
      changes: { 'controlPlane.hosts': plane(host1, { serial: 'SN2' }) },
      says: /serial SN2 is listed twice|is listed twice/,
    },
    {
      changes: { 'workers.hosts': [{ uuid: uuidOf(1) }, { uuid: uuidOf(5) }, { uuid: uuidOf(6) }] },
      says: /in both pools/,
    },
  ],
  'host-exists': [
    { changes: { 'controlPlane.hosts': plane({ inventory: 'rack-9' }) }, says: /no MachineInventory rack-9/ },
    {
      changes: { 'controlPlane.hosts': plane({ inventory: 'depot-9' }) },
      says: /no MachineInventory depot-9 yet/,
      severity: 'warning',
    },
  ],
  'host-differs': [
    { changes: { 'controlPlane.hosts': plane({ ...host1, serial: 'OTHER' }) }, says: /serial is SN1, not OTHER/ },
    {
      changes: { 'controlPlane.hosts': plane({ ...host1, address: '10.9.9.9' }) },
      says: /address is 10.20.1.11, not 10.9.9.9/,
    },
  ],
  'pool-members': [
    {
      known: {
        ...KNOWN,
        pools: [{ name: 'depot-worker-pool', members: [`depot-${uuidOf(4)}`, 'depot-late'] }],
      },
      says: /depot-worker-pool also has depot-late: nobody is taken out/,
      severity: 'warning',
    },
  ],
  'host-free': [
    {
      known: { ...KNOWN, pools: [{ name: 'prod-pool', members: [`depot-${uuidOf(1)}`] }] },
      says: /is in pool prod-pool/,
    },
    { known: withHost(1, { pool: 'old-pool' }), says: /still belongs to pool old-pool/ },
    { known: withHost(1, { owner: 'prod-cp-1' }), says: /held by prod-cp-1/ },
    { known: withHost(1, { deleting: true }), says: /being deleted/ },
  ],
  'host-ready': [
    {
      known: withHost(1, { ready: false, readyReason: 'PlanFailure' }),
      says: /not Ready: PlanFailure/,
      severity: 'warning',
    },
    {
      changes: { parts: ['pools', 'controlPlane', 'workers'] },
      known: withHost(1, { ready: false, readyReason: 'PlanFailure' }),
      says: /not Ready: PlanFailure/,
    },
    { changes: { parts: ['pools'] }, known: withHost(1, { planSecret: false }), says: /no plan Secret/ },
  ],
  'host-storage': [{ known: withHost(1, { storage: 'Preparing' }), says: /is Preparing, not Prepared/ }],
};

/** By rule: what is at the edge of it, and fine. */
const GOOD: Record<string, Omit<Bad, 'says'>[]> = {
  'name-form': [{ changes: { cluster: 'd' } }, { changes: { cluster: `a${'1'.repeat(42)}` } }],
  'name-reserved': [{ changes: { cluster: 'global-1' } }],
  'name-room': [{ changes: { cluster: 'a'.repeat(21) } }],
  'hostname-form': [{ changes: { 'controlPlane.hosts': plane({ ...host1, hostname: `cp-${'1'.repeat(60)}` }) } }],
  'version-catalog': [
    { changes: { kubernetesVersion: 'v1.34.5' }, known: { ...KNOWN, images: { 'v1.34.5': 'r.example/a:1' } } },
  ],
  'registry-form': [
    { changes: { 'registry.address': 'registry.example:11443' } },
    { changes: { 'registry.address': '10.0.0.1:5000' } },
  ],
  'iso-figures': [{ changes: { 'iso.cleanupAfterMinutes': 0, 'iso.statePartitionMiB': 1024, 'iso.size': '500Mi' } }],
  'install-device': [{ changes: { 'registration.installDevice': '/dev/disk/by-id/wwn-0x5000c500a1b2c3d4' } }],
  'dns-form': [{ changes: { 'dns.servers': ['10.0.0.53', 'fd00::53'] } }],
  'ssh-keys': [{ changes: { 'ssh.authorizedKeys': [KEY, `${KEY}-2`] } }],
  'vip-form': [
    { changes: { 'endpoint.type': 'External', 'endpoint.vrid': undefined, 'endpoint.host': 'api.depot.example' } },
  ],
  'vip-network': [
    { changes: { 'endpoint.host': '10.20.1.254' } },
    // A balancer stands wherever it is reached.
    { changes: { 'endpoint.type': 'External', 'endpoint.vrid': undefined, 'endpoint.host': '192.0.2.10' } },
  ],
  'vip-taken': [{ changes: { 'endpoint.host': '10.20.1.251' } }],
  port: [{ changes: { 'endpoint.port': 1 } }, { changes: { 'endpoint.port': 65_535 } }],
  'vrid-given': [
    { changes: { 'endpoint.vrid': 0 } },
    { changes: { 'endpoint.vrid': 255 } },
    { changes: { 'endpoint.type': 'External', 'endpoint.vrid': undefined } },
  ],
  'vrid-unique': [
    { changes: { 'endpoint.vrid': 53 } },
    // Another cluster with a balancer of its own has none.
    {
      changes: { 'endpoint.vrid': 52 },
      known: { ...KNOWN, clusters: KNOWN.clusters!.map((one) => ({ ...one, vrid: undefined })) },
    },
  ],
  'cidr-form': [{ changes: { 'networks.hosts': [] } }],
  'cidr-disjoint': [{ changes: { 'networks.pods': '10.64.0.0/17', 'networks.services': '10.64.128.0/17' } }],
  'cidr-other-clusters': [{ changes: { 'networks.pods': '10.5.0.0/16' } }],
  'cidr-hosts': [{ changes: { 'networks.hosts': ['10.20.1.0/24'] } }],
  'replicas-odd': [{ changes: { 'controlPlane.replicas': 5 } }, { changes: { 'controlPlane.replicas': 3 } }],
  'replicas-workers': [{ changes: { 'workers.replicas': 0 } }],
  'pool-size': [{ changes: { 'workers.replicas': 2 } }, { changes: { 'workers.replicas': 3 } }],
  'host-known': [
    { changes: { 'controlPlane.hosts': plane({ serial: 'SN1' }) } },
    { changes: { 'controlPlane.hosts': plane({ mac: 'b4:96:91:00:00:01' }) } },
    { changes: { 'controlPlane.hosts': plane({ inventory: `depot-${uuidOf(1)}` }) } },
  ],
  'host-free': [{ known: withHost(1, { pool: 'depot-control-plane-pool' }) }],
  'host-ready': [{ known: withHost(1, { ready: false, owner: 'depot-control-plane-1' }) }],
  'host-storage': [{ known: withHost(1, { storage: undefined }) }],
  tpm: [{ changes: { 'registration.emulateTpm': false, 'registration.emulatedTpmSeed': undefined } }],
};

const about = (id: string, changes: Changes = {}, known = KNOWN) =>
  RULES.find((rule) => rule.id === id)!.check(given(changes), known);

describe('rules over answers', () => {
  it('find nothing in good answers, of which all could be checked', () => {
    expect(validate(given(), KNOWN)).toEqual({ findings: [], unchecked: [] });
  });

  it('say what they could not check where nothing is known', () => {
    const { findings, unchecked } = validate(given(), {});
    expect(findings).toEqual([]);
    expect(unchecked.map(({ rule }) => rule)).toEqual(RULES.filter(({ from }) => from).map(({ id }) => id));
  });

  it('have a bad example each', () => {
    expect(Object.keys(BAD).sort()).toEqual(RULES.map(({ id }) => id).sort());
  });

  it.each(RULES.map(({ id }) => id))('%s', (id) => {
    expect(about(id)).toEqual([]);
    for (const { changes, known = KNOWN, says, severity = 'error' } of BAD[id]!) {
      const found = about(id, changes, known);
      expect(found.map(({ text }) => text)).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
      expect(found.find(({ text }) => says.test(text))!.severity).toBe(severity);
      expect(isSound(validate(given(changes), known))).toBe(severity === 'warning');
    }
  });

  it.each(Object.keys(GOOD))('%s lets pass what is at its edge', (id) => {
    for (const { changes, known } of GOOD[id]!) {
      const found = about(id, changes, known);
      expect([changes, found.filter(({ severity }) => severity === 'error')]).toEqual([changes, []]);
    }
  });

  it('never repeat a private key', () => {
    const secret = '-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXktdjE';
    const { findings } = validate(given({ 'ssh.authorizedKeys': [secret] }), KNOWN);
    expect(JSON.stringify(findings)).not.toContain('b3BlbnNzaC');
  });

  it('go on with a cluster that is half there: its own objects hinder nobody', () => {
    const own = {
      name: 'depot',
      networks: [{ what: 'pods', cidr: '10.99.0.0/16' }],
      addresses: ['10.20.1.200'],
      vrid: 60,
    };
    const known: Known = {
      ...KNOWN,
      clusters: [...KNOWN.clusters!, own],
      pools: [{ name: 'depot-control-plane-pool', members: HOSTS.slice(0, 3).map(({ name }) => name) }],
      hosts: HOSTS.map((one, at) =>
        at < 3 ? { ...one, pool: 'depot-control-plane-pool', owner: `depot-control-plane-${at}`, ready: false } : one,
      ),
    };
    expect(validate(given(), known).findings).toEqual([]);
  });

  it('never throw, whatever is answered', () => {
    const odd = fc.oneof(fc.string(), fc.integer(), fc.constant([]), fc.constant([''] as string[]), fc.boolean());
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'cluster',
            'kubernetesVersion',
            'endpoint.host',
            'networks.pods',
            'networks.hosts',
            'ssh.authorizedKeys',
            'controlPlane.hosts',
            'iso.baseImage',
            'registry.address',
          ),
          odd,
        ),
        (changes) => {
          validate(given(changes), KNOWN);
        },
      ),
      { numRuns: 100 },
    );
  });
});
