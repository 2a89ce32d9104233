import { Refusal } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import { checkText } from '../sms/content.ts';
import { PURPOSES, type TenantPurpose } from '../tenants/tenant.ts';

/** Refuses default texts that could never leave. */
export function refuseTexts(
  texts: { readonly [P in TenantPurpose]?: string | null } | undefined,
  {
    sector,
    domains,
    language,
  }: { readonly sector: string; readonly domains: readonly string[]; readonly language: Language },
): void {
  const errors = PURPOSES.flatMap((purpose) => {
    const text = texts?.[purpose];
    if (text === undefined || text === null) return [];
    const verdict = checkText({ text, purpose, sector, ownDomains: domains, language });
    return verdict.findings
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => ({ in: 'body' as const, pointer: `/texts/${purpose}`, message }));
  });
  if (errors.length > 0) throw new Refusal('CONTENT_REFUSED', { errors });
}
