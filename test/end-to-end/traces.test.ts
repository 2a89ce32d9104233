import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHT } from '../support/cases.ts';
import { aCollector, type Collector, type Told } from '../support/collector.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';

const PHONE = '+33639980077';
const NAME = 'Zéphyrine';
const TEXT = 'Bonjour {firstName}, lampes de printemps chez Maison Lumière. {stop}';

let collector: Collector;
let instance: Instance;

beforeAll(async () => {
  collector = await aCollector();
  instance = await anInstance({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '200' },
  });
});

afterAll(async () => {
  await instance.stop();
  await collector.close();
});

const post = async (where: string, body: unknown) => (await instance.call('POST', where, body)).body;

/** A campaign to one person, from its launch to its end. */
async function launched(): Promise<string> {
  await instance.moveClock('2027-04-13T10:00:00+02:00');
  const wording = await post('/v1/wordings', {
    purpose: 'marketing',
    inUseFrom: '2026-01-01T00:00:00+01:00',
    text: 'Je consens à recevoir par SMS les offres de Maison Lumière. STOP pour arrêter.',
  });
  const { id } = await post('/v1/contacts', { phone: PHONE, attributes: { firstName: NAME } });
  await post('/v1/consents', {
    contactId: id,
    purpose: 'marketing',
    wordingId: wording['id'],
    method: 'paper',
    grantedAt: '2026-03-04T10:00:00+01:00',
    evidence: { documentRef: 'BULL-0077' },
  });
  const made = await post('/v1/campaigns', {
    name: 'Lampes',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: TEXT,
    audience: { contactIds: [id] },
  });
  const where = `/v1/campaigns/${String(made['id'])}`;
  await post(`${where}/launch`, {});
  await until(
    async () => (await instance.call('GET', where)).body,
    ({ status }) => status === 'finished',
    60_000,
  );
  return String(made['id']);
}

/** The spans from one up to where its trace began. */
function upwards(spans: readonly Told[], from: Told): readonly Told[] {
  const above = spans.find(({ spanId }) => spanId === from.parentSpanId);
  return above === undefined ? [from] : [from, ...upwards(spans, above)];
}

describe('a trace', NIGHT, () => {
  it('leads from the operator call to the launch', async () => {
    const campaignId = await launched();
    const path = await until(
      async () => {
        const call = collector.spans.find(({ name }) => name === 'submit sandbox');
        return call === undefined ? [] : upwards(collector.spans, call).map(({ name }) => name);
      },
      (names) => names.at(-1) === 'POST /v1/campaigns/{id}/launch',
      30_000,
    );
    expect(path[0]).toBe('submit sandbox');
    expect(path).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^RunActivity:/),
        expect.stringMatching(/^RunWorkflow:campaignShard$/),
        expect.stringMatching(/^RunWorkflow:campaign$/),
        expect.stringMatching(/Workflow:campaign$/),
      ]),
    );
    const sent = collector.text();
    expect(sent).toContain(`campaign/${campaignId}`);
    const personal = [PHONE.slice(3), NAME, 'printemps', 'Lumière', 'BULL-0077'];
    expect(personal.filter((word) => sent.includes(word))).toEqual([]);
    const names = new Set(collector.spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
    expect([...names].filter((name) => !/^(?:http\.|bonheure\.|temporal\w+Id$|run_id$)/.test(name))).toEqual(
      [],
    );
  });
});
