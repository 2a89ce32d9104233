import type { Language } from '../law/rule.ts';
import { figureSaid } from './console-moment.ts';
import { personWord } from './console-person-words.ts';
import type { Question } from './console-sure.ts';

const many = (
  count: number,
  language: Language,
  words: { readonly fr: readonly [string, string]; readonly en: readonly [string, string] },
): string =>
  `${figureSaid(count, language)} ${words[language][count > 1 || (count === 0 && language === 'en') ? 1 : 0]}`;

const WONT_LEAVE = {
  fr: ['message ne partira pas.', 'messages ne partiront pas.'],
  en: ['message will not leave.', 'messages will not leave.'],
} as const;
const LEFT = {
  fr: ['est déjà parti, et reste parti.', 'sont déjà partis, et restent partis.'],
  en: ['has left already, and stays sent.', 'have left already, and stay sent.'],
} as const;

/** A campaign about to be cancelled. */
interface CampaignAsked {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly accounts: { readonly pending: number; readonly accepted: number };
  /** How many would be written to, where that was rehearsed and nobody is frozen yet. */
  readonly foreseen: number | undefined;
  readonly comesAgain: boolean;
}

/** What the end of a campaign means, with the count of people. */
export function cancelCampaignAsked(campaign: CampaignAsked, language: Language): Question {
  const { id, name, status, accounts, foreseen, comesAgain } = campaign;
  const fr = language === 'fr';
  const isDraft = status === 'draft';
  const back = `/campaigns/${id}`;
  if (isDraft)
    return {
      back,
      title: fr ? `Abandonner le brouillon « ${name} » ?` : `Discard the draft “${name}”?`,
      lines: [
        fr
          ? 'Il ne pourra plus être lancé. Personne n’a rien reçu.'
          : 'It can no longer be launched. Nobody received anything.',
      ],
      label: fr ? 'Abandonner le brouillon' : 'Discard the draft',
    };
  const count = Math.max(accounts.pending, foreseen ?? 0);
  return {
    back,
    title: fr ? `Annuler la campagne « ${name} » ?` : `Cancel the campaign “${name}”?`,
    lines: [
      many(count, language, WONT_LEAVE),
      ...(accounts.accepted > 0 ? [many(accounts.accepted, language, LEFT)] : []),
      ...(comesAgain ? [fr ? 'Elle ne reviendra plus.' : 'It will not come again.'] : []),
      fr
        ? 'Une campagne annulée ne se reprend pas. Pour l’arrêter un moment, mettez-la en pause.'
        : 'A cancelled campaign cannot be resumed. To stop it for a while, pause it.',
    ],
    label: fr ? 'Annuler la campagne' : 'Cancel the campaign',
  };
}

/** What the end of an import means: what was read stays. */
export function cancelImportAsked(
  { id, kind, rows }: { readonly id: string; readonly kind: string; readonly rows: number },
  language: Language,
): Question {
  const fr = language === 'fr';
  return {
    back: `/imports/${id}`,
    title: fr ? 'Annuler cet import ?' : 'Cancel this import?',
    lines: [
      many(rows, language, {
        fr: ['ligne est déjà lue, et reste.', 'lignes sont déjà lues, et restent.'],
        en: ['row is read already, and stays.', 'rows are read already, and stay.'],
      }),
      fr
        ? 'Les autres ne seront pas lues, et le fichier n’est plus gardé.'
        : 'The others will not be read, and the file is no longer kept.',
      ...(kind === 'suppressions'
        ? [
            fr
              ? 'C’est une liste de désinscrits : on pourra de nouveau écrire à qui n’en est pas encore lu. Renvoyez d’abord le fichier corrigé, attendez qu’il soit lu, puis annulez cet import.'
              : 'It is a list of people who left: whoever of it is not read yet may be written to again. Send the corrected file first, wait until it is read, then cancel this import.',
          ]
        : []),
    ],
    label: fr ? 'Annuler l’import' : 'Cancel the import',
  };
}

/** What the end of a series means. */
export function cancelSeriesAsked(
  series: {
    readonly id: string;
    readonly reference: string;
    readonly planned: number;
    readonly wasTold: boolean;
  },
  language: Language,
): Question {
  const { id, reference, planned, wasTold } = series;
  const fr = language === 'fr';
  return {
    back: `/series/${id}`,
    title: fr ? `Annuler les rappels de ${reference} ?` : `Cancel the reminders of ${reference}?`,
    lines: [
      many(planned, language, {
        fr: ['rappel ne partira pas.', 'rappels ne partiront pas.'],
        en: ['reminder will not leave.', 'reminders will not leave.'],
      }),
      fr ? 'L’événement lui-même compte comme annulé.' : 'The event itself counts as cancelled.',
      ...(wasTold
        ? [
            fr
              ? 'La personne en a déjà été prévenue : un SMS lui dira que c’est annulé.'
              : 'The person was told of it already: an SMS will say that it is cancelled.',
          ]
        : []),
    ],
    label: fr ? 'Annuler les rappels' : 'Cancel the reminders',
  };
}

const DECISIONS = {
  'not-stop': {
    fr: [
      'Ce n’est pas un refus',
      'Ce que cette réponse avait suspendu peut de nouveau partir. Une opposition dite en clair reste.',
    ],
    en: [
      'It is no refusal',
      'What this reply had suspended may leave again. An opposition in clear words stays.',
    ],
  },
  stop: {
    fr: [
      'Inscrire un refus',
      'Les offres s’arrêtent, et les messages de l’usage auquel la personne répondait.',
    ],
    en: ['Record a refusal', 'Offers stop, and so do the messages of the purpose that the person answered.'],
  },
  'stop-all': {
    fr: [
      'Inscrire un refus de tout',
      'Plus aucun message ne partira vers ce numéro, rappels de rendez-vous compris.',
    ],
    en: [
      'Record a refusal of everything',
      'No message will leave for this number any more, reminders of appointments included.',
    ],
  },
} as const;

/** What may be decided of a reply. */
export type Decision = keyof typeof DECISIONS;

/** Whether a form said one of them. */
export const isDecision = (said: string | undefined): said is Decision =>
  said !== undefined && Object.hasOwn(DECISIONS, said);

/** What a decision on a reply means. */
export function decisionAsked(
  {
    decision,
    from,
    waiting,
  }: { readonly decision: Decision; readonly from: string; readonly waiting: number | undefined },
  language: Language,
): Question {
  const fr = language === 'fr';
  const [label, effect] = DECISIONS[decision][language];
  return {
    back: '/replies',
    title: fr ? `${label} : ${from} ?` : `${label}: ${from}?`,
    lines: [
      effect,
      ...(waiting === undefined || decision === 'not-stop' ? [] : [waitingFor(waiting, language)]),
      fr
        ? 'La décision pourra être reprise depuis cette page ; une série de rappels arrêtée ne reprend pas.'
        : 'The decision can be taken back from that page; a series of reminders that ended does not start again.',
    ],
    label,
  };
}

const waitingFor = (count: number, language: Language): string =>
  language === 'fr'
    ? `Messages qui attendent cette personne aujourd’hui : ${figureSaid(count, language)}.`
    : `Messages that wait for this person today: ${figureSaid(count, language)}.`;

/** What a decision that is taken back means. */
export function takeBackAsked(
  { decision, from }: { readonly decision: string; readonly from: string },
  language: Language,
): Question {
  const fr = language === 'fr';
  const effect =
    decision === 'not-stop'
      ? fr
        ? 'Ce qu’elle avait rendu est de nouveau suspendu jusqu’à ce que quelqu’un lise la réponse.'
        : 'What it gave back is suspended again until somebody reads the reply.'
      : fr
        ? 'Ce qu’elle seule empêchait peut de nouveau partir ; une opposition qui a un autre motif reste.'
        : 'What it alone barred may leave again; an opposition with another ground stays.';
  return {
    back: '/replies',
    title: fr ? `Reprendre la décision : ${from} ?` : `Take the decision back: ${from}?`,
    lines: [effect, fr ? 'La réponse attend de nouveau d’être lue.' : 'The reply waits to be read again.'],
    label: fr ? 'Reprendre la décision' : 'Take the decision back',
  };
}

/** What a withdrawal, or a number on the list, means. */
export function leavingAsked(
  about: {
    readonly purpose: string;
    readonly who: string;
    readonly waiting: number | undefined;
    readonly back: string;
  },
  language: Language,
): Question {
  const { purpose, who, waiting, back } = about;
  const fr = language === 'fr';
  const what = personWord(purpose, language);
  return {
    back,
    title: fr ? `Inscrire l’opposition de ${who} (${what}) ?` : `Record the opposition of ${who} (${what})?`,
    lines: [
      purpose === 'all'
        ? fr
          ? 'Plus aucun message ne partira vers ce numéro, rappels de rendez-vous compris.'
          : 'No message will leave for this number any more, reminders of appointments included.'
        : fr
          ? `Plus aucun message de cet usage (${what}) ne partira vers ce numéro.`
          : `No message of that purpose (${what}) will leave for this number any more.`,
      ...(waiting === undefined ? [] : [waitingFor(waiting, language)]),
      fr
        ? 'Une opposition ne s’efface pas : seul un nouvel accord prouvé la lève.'
        : 'An opposition is never deleted: a new agreement with its proof alone lifts it.',
    ],
    label: fr ? 'Inscrire l’opposition' : 'Record the opposition',
  };
}

/** What the end of a key means. */
export function revokeKeyAsked(
  key: {
    readonly name: string;
    readonly lastUsed: string | undefined;
    readonly isOwn: boolean;
    readonly isLastAdmin: boolean;
  },
  language: Language,
): Question {
  const { name, lastUsed, isOwn, isLastAdmin } = key;
  const fr = language === 'fr';
  return {
    back: '/keys',
    title: fr ? `Révoquer la clé « ${name} » ?` : `Revoke the key “${name}”?`,
    lines: [
      fr
        ? 'La personne ou l’outil qui s’en sert est refusé dès maintenant. Une clé révoquée ne revient pas.'
        : 'The person or tool that uses it is refused from now on. A revoked key does not come back.',
      ...(lastUsed === undefined ? [] : [fr ? `Dernier usage : ${lastUsed}.` : `Last used: ${lastUsed}.`]),
      ...(isOwn
        ? [
            fr
              ? 'C’est la clé par laquelle vous êtes entré : vous serez dehors.'
              : 'It is the key by which you came in: you will be out.',
          ]
        : []),
      ...(isLastAdmin
        ? [
            fr
              ? 'C’est la dernière clé d’administration : plus personne ne pourra faire de clé d’ici.'
              : 'It is the last admin key: nobody will be able to make a key from here.',
          ]
        : []),
    ],
    label: fr ? 'Révoquer la clé' : 'Revoke the key',
  };
}

/** What the end of a form means. */
export const closeFormAsked = ({ title }: { readonly title: string }, language: Language): Question => ({
  back: '/agreements',
  title: language === 'fr' ? `Fermer le formulaire « ${title} » ?` : `Close the form “${title}”?`,
  lines: [
    language === 'fr'
      ? 'Son lien, aussi celui des feuilles déjà imprimées, ne prendra plus d’accord. Un formulaire fermé ne se rouvre pas.'
      : 'Its link, also on sheets already printed, will take no agreement any more. A closed form does not open again.',
  ],
  label: language === 'fr' ? 'Fermer le formulaire' : 'Close the form',
});
