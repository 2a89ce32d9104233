import { sql } from 'kysely';
import { owedTexts, Visitor } from './form-visitor.ts';
import { served, type Served } from '../server/served.ts';

/** The words of the box for offers. */
export const WORDS =
  'J’accepte de recevoir par SMS les offres de Maison Lumière. STOP pour arrêter, à tout moment.';

/** A form as the API answers it. */
export interface MadeForm {
  readonly id: string;
  readonly slug: string;
  readonly url: string;
  readonly findings: readonly { readonly code: string }[];
}

/** A shop with two wordings and a form, and the ways to look at what people did. */
export interface FormWorld {
  readonly api: Served;
  readonly visitor: Visitor;
  readonly marketing: string;
  readonly appointment: string;
  readonly form: MadeForm;
  readonly path: string;
  ask(method: string, where: string, body?: unknown): ReturnType<Served['ask']>;
  aForm(more?: Record<string, unknown>): Promise<MadeForm>;
  /** Where the holder of a number stands; undefined when nobody holds it. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at whatever came
  standing(phone: string): Promise<any>;
  withdraw(phone: string, purpose?: string): Promise<unknown>;
  codes(): Promise<{ to: string; code: string; text: string }[]>;
  codeTo(to: string): Promise<string>;
  /** As an hour later, as far as codes of a number are counted. */
  forgetCodes(to: string): Promise<void>;
}

/** One shop for one test file. */
export async function aFormWorld(): Promise<FormWorld> {
  const api = await served();
  const ask: FormWorld['ask'] = (method, where, body) => api.ask(method, where, { key: api.admin, body });
  await ask('PATCH', '/v1/tenant', { brand: 'Maison Lumière' });
  const marketing: string = (await ask('POST', '/v1/wordings', { purpose: 'marketing', text: WORDS })).body
    .id;
  const appointment: string = (
    await ask('POST', '/v1/wordings', {
      purpose: 'appointment',
      text: 'J’accepte que Maison Lumière me rappelle mes rendez-vous par SMS. STOP pour arrêter.',
    })
  ).body.id;
  const aForm: FormWorld['aForm'] = async (more = {}) => {
    const made = await ask('POST', '/v1/forms', {
      slug: 'noel',
      title: 'Les nouvelles de la boutique',
      company: {
        name: 'Maison Lumière SAS',
        contact: { phone: '01 42 68 53 00', email: 'contact@lumiere.example' },
      },
      purposes: [
        { purpose: 'marketing', wordingId: marketing },
        { purpose: 'appointment', wordingId: appointment },
      ],
      ...more,
    });
    if (made.status !== 201) throw new Error(made.text);
    return made.body;
  };
  const form = await aForm();
  const codes: FormWorld['codes'] = async () =>
    (await owedTexts(api, api.tenantId)).map(({ to, text }) => ({
      to,
      text,
      code: /\b\d{6}\b/.exec(text)?.[0] ?? '',
    }));
  return {
    api,
    visitor: new Visitor(api),
    marketing,
    appointment,
    form,
    path: `/f/${form.slug}`,
    ask,
    aForm,
    codes,
    codeTo: async (to) => (await codes()).findLast((one) => one.to === to)?.code ?? '',
    standing: async (phone) => {
      const found = await ask('GET', `/v1/contacts?phone=${encodeURIComponent(phone)}`);
      const id = found.body.items[0]?.id;
      return id === undefined ? undefined : (await ask('GET', `/v1/contacts/${id}/consents`)).body;
    },
    withdraw: (phone, purpose = 'marketing') =>
      ask('POST', '/v1/consents/withdrawals', {
        phone,
        purpose,
        channel: 'sms',
        occurredAt: api.clock.now().toISO(),
      }),
    forgetCodes: (to) =>
      api.database.withTenant(api.tenantId, async (tx) => {
        const index = (await api.api.vault.tenant(tx)).phoneIndex(to);
        await tx.run(
          sql`UPDATE form_code SET sent_at = sent_at - interval '61 minutes', expires_at = expires_at - interval '61 minutes' WHERE phone_index = ${index}`,
        );
      }),
  };
}
