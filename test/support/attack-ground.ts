import { Connection } from '@temporalio/client';
import type { AttackGround, Sealed } from './attack-table.ts';
import type { Instance } from './instance.ts';
import { listening } from './listening.ts';

/** The tenants beside the first: one attacks, the other has nothing to do with it. */
export interface Neighbours {
  readonly key: string;
  readonly otherKey: string;
  readonly bystander: string;
  /** Words of the tenant that attacks, to which people agree. */
  readonly wordingId: string;
}

/** Calls the API with a key; throws what is refused. */
const asking =
  ({ call }: Pick<Instance, 'call'>, key: string) =>
  async (method: string, where: string, body?: unknown): Promise<Record<string, unknown>> => {
    const answer = await call(method, where, body, { authorization: `Bearer ${key}` });
    if (answer.status >= 300) throw new Error(`${where}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

/** Makes both tenants, with a second admin of the one that attacks. */
export async function neighboursOf(instance: Instance, instanceKey: string): Promise<Neighbours> {
  const asked = asking(instance, instanceKey);
  const tenantNamed = async (name: string): Promise<string> => {
    const contact = { email: `${name.toLowerCase()}@example.org` };
    const made = await asked('POST', '/v1/tenants', { name, legalName: `${name} SAS`, brand: name, contact });
    return String(made['key']);
  };
  const [key, bystander] = [await tenantNamed('Autre'), await tenantNamed('Voisin')];
  const askedOfOne = asking(instance, key);
  const { key: otherKey } = await askedOfOne('POST', '/v1/keys', { role: 'admin' });
  const text = 'J’accepte les offres par SMS. STOP pour arrêter.';
  const words = { purpose: 'marketing', locale: 'fr', text, inUseFrom: '2020-01-01T00:00:00Z' };
  const { id: wordingId } = await askedOfOne('POST', '/v1/wordings', words);
  return { key, otherKey: String(otherKey), bystander, wordingId: String(wordingId) };
}

/** What a table of attacks needs, made with the rights of whoever has them. */
export async function attackGround(
  instance: Instance,
  { neighbours, temporalPage }: { readonly neighbours: Neighbours; readonly temporalPage: string },
): Promise<AttackGround> {
  const { key, otherKey, bystander } = neighbours;
  const { url, publicUrl, processes } = await instance.run();
  const pid = processes.find(({ name }) => name === 'temporal')?.pid;
  const ports = pid === undefined ? [] : await listening(pid);
  // A key that nobody knows yet waits where others try wrong ones.
  await Promise.all([otherKey, bystander].map((known) => asking(instance, known)('GET', '/v1/tenant')));
  return {
    key,
    otherKey,
    bystander,
    origins: [url, publicUrl ?? url].map((origin) => origin.replace('localhost', '127.0.0.1')),
    optOut: await linkOf(instance, neighbours),
    sealed: await sealedOf(instance),
    temporal: { page: temporalPage, ports: ports.map((port) => `http://127.0.0.1:${port}`) },
  };
}

let people = 0;

/** Somebody who agreed, and the link in their messages. */
async function linkOf(instance: Instance, { key, wordingId }: Neighbours): Promise<AttackGround['optOut']> {
  const asked = asking(instance, key);
  people += 1;
  const phone = `+3363998${String(people).padStart(4, '0')}`;
  const proof = { method: 'paper', grantedAt: '2027-01-04T10:00:00+01:00', evidence: { documentRef: phone } };
  const made = await asked('POST', '/v1/consents', { phone, purpose: 'marketing', wordingId, ...proof });
  const contactId = String(made['contactId']);
  const { url } = await asked('GET', `/v1/contacts/${contactId}/opt-out-link`);
  return { path: new URL(String(url)).pathname, contactId };
}

/** The first input of a workflow that the first tenant, and nobody else, may read. */
async function sealedOf(instance: Instance): Promise<Sealed> {
  const { temporalAddress, temporalNamespace: namespace } = await instance.run();
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const service = connection.workflowService;
    const { executions } = await service.listWorkflowExecutions({ namespace });
    for (const { execution } of executions) {
      if (execution == null) continue;
      const { history } = await service.getWorkflowExecutionHistory({ namespace, execution });
      const [first] = history?.events ?? [];
      const [payload] = first?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
      const sealed = payload == null ? undefined : wireOf(payload);
      if (sealed !== undefined && (await isReadable(instance, sealed))) return sealed;
    }
  } finally {
    await connection.close();
  }
  throw new Error('no workflow of the first tenant has a payload that it may read');
}

const inBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

type Payload = { readonly metadata?: Record<string, Uint8Array> | null; readonly data?: Uint8Array | null };
const wireOf = ({ metadata, data }: Payload): Sealed => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, bytes]) => [name, inBase64(bytes)]),
  ),
  data: inBase64(data ?? new Uint8Array()),
});

async function isReadable(instance: Instance, sealed: Sealed): Promise<boolean> {
  const asked = asking(instance, instance.key);
  const { payloads } = await asked('POST', '/codec/decode', { payloads: [sealed] });
  const [opened] = payloads as readonly Sealed[];
  return opened !== undefined && opened.data !== sealed.data;
}
