import { absent, holds, type Verdicts } from '../verdict.ts';

/** Encoding and sanitisation. */
export const encoding: Verdicts = {
  '1.1.1': holds(
    'input is decoded once, before it is judged',
    'asvs/encoding',
    'a name encoded twice is decoded once',
  ),
  '1.1.2': holds(
    'output is encoded where it is made',
    'asvs/encoding',
    'markup is kept and escaped on pages',
  ),
  '1.2.1': holds(
    'encoding fits its place in a page',
    'web/console/console',
    'is text, whatever people wrote',
  ),
  '1.2.2': holds(
    'addresses are built of encoded parts, by safe protocols',
    'asvs/encoding',
    'an address that would run code is refused',
  ),
  '1.2.3': holds(
    'JSON and scripts are not changed by data',
    'asvs/encoding',
    'text that ends a script stays data',
  ),
  '1.2.4': holds('SQL injection', 'asvs/injection', 'SQL in any field finds and harms nothing'),
  '1.2.5': holds('commands of the operating system', 'asvs/sources', 'no shell is started'),
  '1.2.6': absent('LDAP injection', 'nothing here speaks LDAP'),
  '1.2.7': absent('XPath injection', 'nothing here reads XML or XPath'),
  '1.2.8': absent('LaTeX injection', 'nothing here sets type by LaTeX'),
  '1.2.9': holds('special signs in patterns', 'asvs/encoding', 'pattern characters in a name are literal'),
  '1.3.1': absent('HTML that people write', 'no field takes HTML: every text is shown as text'),
  '1.3.2': holds('text that is run as code', 'asvs/sources', 'no text is run as code'),
  '1.3.3': holds(
    'input is cut and cleaned before a dangerous place',
    'web/api/people/import-bounds',
    'among others costs that row and no other',
  ),
  '1.3.4': absent('SVG that people bring', 'the only files that people bring are CSV'),
  '1.3.5': absent('Markdown, style sheets and the like', 'no field takes them'),
  '1.3.6': holds(
    'requests forged through the server',
    'web/api/company/webhooks',
    'goes to no private address',
  ),
  '1.3.7': holds(
    'templates built of input',
    'asvs/encoding',
    'an unknown template field is refused, never computed',
  ),
  '1.3.8': absent('JNDI', 'it is of Java; nothing here runs on it'),
  '1.3.9': absent('injection into memcache', 'there is no such cache'),
  '1.3.10': holds('format strings', 'asvs/encoding', 'format characters in a name are literal'),
  '1.3.11': absent('injection into mail', 'nothing here sends or reads mail'),
  '1.4.1': absent('memory is handled safely', 'all code is JavaScript, which has no pointers'),
  '1.4.2': holds('numbers beyond their range', 'asvs/encoding', 'a number beyond its bounds is refused'),
  '1.4.3': holds(
    'memory and resources are given back',
    'web/server/send-lines',
    'leaves makes no more, and is released',
  ),
  '1.5.1': holds('XML and its entities', 'asvs/encoding', 'a body of XML is not read'),
  '1.5.2': holds(
    'objects made of untrusted bytes',
    'asvs/encoding',
    'a body that names a prototype is refused',
  ),
};

/** Validation and business logic. */
export const validation: Verdicts = {
  '2.1.1': holds(
    'rules for single fields are documented',
    'web/server/openapi',
    'is version 3.1, as the repository has it',
  ),
  '2.1.2': holds(
    'rules for fields together are documented',
    'documents/pages',
    'shows every code with its sentence once',
  ),
  '2.1.3': holds('limits of the business are documented', 'asvs/documents', 'the documents say %s'),
  '2.2.1': holds('input is what the field expects', 'web/server/app', '%s: %s %s'),
  '2.2.2': holds('the server judges, not the page', 'web/console/console', 'in a form of %s is refused'),
  '2.2.3': holds(
    'fields that contradict each other',
    'web/api/campaigns/campaign-change',
    'is refused with %s, and changes nothing',
  ),
  '2.3.1': holds(
    'steps in their order, none left out',
    'web/api/campaigns/approval',
    'needs another yes once its text was changed',
  ),
  '2.3.2': holds('limits of the business are kept', 'web/api/company/webhooks', 'is limited to twenty'),
  '2.3.3': holds(
    'an operation is done whole or not at all',
    'web/api/people/contact',
    'for several purposes is accepted or refused whole',
  ),
  '2.3.4': holds(
    'nothing is given away twice by a race',
    'web/server/idempotency',
    'sent ten times at once does it once',
  ),
  '2.4.1': holds(
    'programs that ask too often',
    'web/public/form-attack',
    'by a flood, answers 429 and serves others',
  ),
};
