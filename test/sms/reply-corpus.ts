/** What people answer to an SMS, sorted by what they mean. */

const lines = (text: string): readonly string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

/** The exact words of the matcher, without disguise. */
export const STOP_WORDS = lines(`
STOP
STOPP
STOP SMS
STOP PUB
STOPSMS
STOPALL
STOP TOUT
ARRET
ARRETE
ARRETER
ARRETEZ
DESABO
DESABONNER
DESABONNEMENT
DESINSCRIRE
DESINSCRIPTION
DESINSCRIT
RESILIER PUB
UNSUBSCRIBE
OPTOUT
OPT OUT
QUIT
REMOVE
`);

const upperTo =
  (start: number, lowerStart = start): ((text: string) => string) =>
  (text) =>
    Array.from(text, (letter) => {
      const point = letter.codePointAt(0) ?? 0;
      if (point >= 65 && point <= 90) return String.fromCodePoint(start + point - 65);
      if (point >= 97 && point <= 122) return String.fromCodePoint(lowerStart + point - 97);
      return letter;
    }).join('');

const swapped = (from: string, to: string) => (text: string) =>
  Array.from(text, (letter) => (from.includes(letter) ? to.charAt(from.indexOf(letter)) : letter)).join('');

const DISGUISES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => text.charAt(0) + text.slice(1).toLowerCase(),
  (text) => Array.from(text, (letter, at) => (at % 2 === 0 ? letter : letter.toLowerCase())).join(''),
  (text) => `${text}.`,
  (text) => `${text} !!!`,
  (text) => `  ${text}\r\n`,
  (text) => `"${text}"`,
  (text) => `« ${text} »`,
  (text) => `*${text}*`,
  (text) => `(${text})`,
  (text) => `${text} 🛑`,
  (text) => `👎${text}👎`,
  (text) => `${text} svp`,
  (text) => `${text} merci`,
  (text) => `${text}\nEnvoyé de mon iPhone`,
  (text) => text.replaceAll('A', 'À').replaceAll('E', 'É'),
  (text) => text.replaceAll('E', 'Ê').normalize('NFD'),
  (text) => Array.from(text).join('\u200b'),
  (text) => `\u202e${text}\u202c`,
  (text) => text.replaceAll(' ', '\u00a0'),
  (text) => text.replaceAll(' ', '-'),
  upperTo(0xff21),
  upperTo(0x1d400),
  upperTo(0x1d5d4),
  upperTo(0x24b6),
  upperTo(0x1f130),
  upperTo(0x1f170),
  upperTo(0x1f150),
  (text) => Array.from(upperTo(0x1f1e6)(text)).join('\u200b'),
  swapped('AEOPSTCHKMBX', 'АЕОРЅТСНКМВХ'),
  swapped('AEOPTIKMNBX', 'ΑΕΟΡΤΙΚΜΝΒΧ'),
];

/** A word as keyboards, phones and pranksters write it. */
export const disguises = (word: string): readonly string[] => DISGUISES.map((disguise) => disguise(word));

/** Opt-outs of the purpose that was answered. */
export const PURPOSE_STOPS = lines(`
STOP
Stop.
Arrêt!!
S T O P
S.T.O.P
s-t-o-p
ＳＴＯＰ
ЅТОР
СТОП
𝗦𝗧𝗢𝗣
🇸🇹🇴🇵
🅂🅃🄾🄿
🆂🆃🅾🅿
ⓢⓣⓞⓟ
ꜱᴛᴏᴘ
$TOP
5top
ST0P
stooooop
STOPPPP
STOP envoyé de mon iPhone
Bonjour, STOP
ok stop
Non, stop
Non. STOP
merci de stop
stop stop stop
STOP36180
stop 36180
STOP au 36180
TSOP
STPO
SOTP
STO
STOOP
STIP
TSTOP
STOPE
Me désabonner svp
Je veux me désinscrire
opt-out
résilier pub
Stoppez
Stopper
ARRETEZ
Arrêtez de m'envoyer des sms
Désabonnez-moi
STOP tout de suite
stop toutes vos pubs
STOP TOUTE PUB
stop à tout jamais
stop je ne suis pas intéressé par vos produits et je vous demande d'arrêter
Stop.Merci
`);

/** Opt-outs of everything. */
export const ALL_STOPS = lines(`
STOP TOUT
stop tout svp
Stop à tout
STOPALL
STOP ALL
stoptout
STOP PARTOUT
stop tous les sms
Arrêtez tout
STOPPEZ TOUT
Tout stop
ＳＴＯＰ　ＴＯＵＴ
`);

/** Wishes for silence in other words: suspended at once, read by a person. */
export const UNCLEAR = lines(`
ne m'écrivez plus
Ne m’envoyez plus de SMS
n'écrivez plus jamais
m'envoyez plus rien
plus de sms svp
Plus de messages s'il vous plaît
laissez-moi tranquille
laissez nous en paix
foutez moi la paix
je ne veux plus recevoir vos messages
je ne veux plus de pub
je veux pas recevoir vos sms
Je souhaite ne plus recevoir de sms de votre part merci
merci de ne plus me contacter
ne plus me contacter
retirez moi de vos listes
supprimez mon numéro
Pouvez-vous enlever mon numéro de votre fichier
Veuillez me retirer
Effacez mes données
Cessez vos envois
Bonjour je voudrais que vous arrêtiez de m'envoyer des messages tous les jours
Bonjour, malgré mes demandes répétées je reçois encore vos publicités, stop
Marre de vos pubs
j'ai assez de vos pubs
c'est du harcèlement
Je vais saisir la CNIL
Je signale au 33700
je retire mon consentement
Je m'oppose à la prospection
pas intéressé
Pas du tout intéressée
Mauvais numéro
Vous vous trompez de numéro
please stop sending me these messages it is the third time
no more texts
Leave me alone
don't text me
do not contact me
take me off your list
wrong number
not interested
`);

/** Questions about who writes. */
export const CONTACTS = lines(`
CONTACT
contact ?
Contact svp
AIDE
info
Infos
help
`);

/** Yes, I come. */
export const CONFIRMATIONS = lines(`
OUI
oui
Oui !
1
1.
Oui merci
Oui, merci beaucoup
je confirme
Oui je confirme
OUI je confirme mon rdv
Je confirme ma présence
Confirmer
yes
ｏｕｉ
Oui je serai là
`);

/** No, I do not come. */
export const CANCELLATIONS = lines(`
ANNULER
annuler
2
2.
Annulez mon rdv svp
J'annule
je souhaite annuler
Je dois annuler
Annulation
cancel
Annuler svp
Annuler merci
`);

/** Everything else that people write, near the words above or far from them. */
export const ORDINARY = lines(`
NON STOP
ouvert non-stop
nonstop
one stop shop
TOP
top !
Top merci
shop
step
stock
spot
post
Stéphane
OK
ok merci
Non
NO
fin
END
Merci
Bonjour, à quelle heure ?
Je ne peux plus venir
j'aurai plus de 10 minutes de retard
Je suis en arrêt maladie, on peut décaler ?
Arrêt maladie
Arrêt de travail à prolonger ?
Arrêt de bus ou tram ?
je prends l'auto-stop
Je ne veux pas annuler
ne pas annuler
surtout n'annulez pas
annulé ?
2 personnes
1 personne
Oui mais je serai en retard
oui ?
Contactez-moi demain
Je vous contacte demain
je n'ai plus de voiture
je n'ai plus de sms dans mon forfait
je ne reçois plus vos messages
je n'ai pas reçu de rappel
j'ai plus de batterie
Je veux résilier mon contrat
je ne veux plus ce rendez-vous
Je ne pourrai pas être là
Est-ce que je dois être à jeun ?
A demain
D'accord
👍
❤️
?
...
12
J'ai déjà payé
rappelez moi
Le numéro de la porte ?
Mon numéro a changé : 06 39 98 00 42
Pouvez-vous supprimer le rendez-vous de 10h ?
vous arrêtez à quelle heure ?
l'adresse svp
pas de souci
Pas de problème
il n'y a plus de place ?
Voir avec ma femme
Je finis à 18h, envoyez l'adresse
Je confirme pas
information sur le parking
terminé
Je viendrai avec mon fils
Peut-on décaler à jeudi ?
C'est noté
Parfait à jeudi
Bien reçu
Qui êtes-vous ?
Combien ça coûte ?
Je suis dans le bus
Le code de la porte svp
Je cherche une place pour me garer
Mon mari viendra à ma place
Pouvez-vous me rappeler ?
See you on Thursday
I will be late
Thanks a lot
`);
