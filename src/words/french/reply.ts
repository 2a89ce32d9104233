/** What was heard in a reply, and by what. */
export const reply = {
  heard: {
    stop: 'Demande d’arrêt',
    'stop-all': 'Demande d’arrêt de tout',
    contact: 'Question sur qui écrit',
    start: 'Demande de revenir',
    confirm: 'Confirmation',
    cancel: 'Annulation',
    decline: 'Refus',
    objection: 'Opposition probable, à lire',
    other: 'Aucune demande reconnue',
  },
  why: {
    WHOLE_REPLY: 'toute la réponse est « %s »',
    FIRST_WORD: 'elle commence par « %s »',
    FIRST_WORD_OF_FEW: 'courte, elle commence par « %s »',
    AMONG_FEW_WORDS: '« %s » parmi peu de mots',
    TYPO_OF_STOP: 'faute de frappe de « %s »',
    SAID_BY_OPERATOR: 'l’opérateur l’a reçue comme un STOP',
    TURN_OF_PHRASE: 'tournure « %s »',
    WHOLE_WORDS: 'elle ne dit que « %s »',
    QUESTION: 'c’est une question',
    NOTHING_MATCHED: 'aucun mot des listes',
  },
} as const;
