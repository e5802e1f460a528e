/** The words that sentences are made of, English and French. */

export interface Noun {
  readonly en: string;
  /** Where it is not made by rule. */
  readonly enPlural?: string;
  readonly fr: string;
  readonly gender: 'm' | 'f';
  readonly sort: 'living' | 'food' | 'thing' | 'text' | 'place';
}

const noun = (sort: Noun['sort'], gender: 'm' | 'f', en: string, fr: string, enPlural?: string): Noun => ({
  sort,
  gender,
  en,
  fr,
  enPlural,
});

export const nouns: readonly Noun[] = [
  noun('living', 'm', 'cat', 'chat'),
  noun('living', 'm', 'dog', 'chien'),
  noun('living', 'm', 'bird', 'oiseau'),
  noun('living', 'm', 'horse', 'cheval'),
  noun('living', 'm', 'man', 'homme', 'men'),
  noun('living', 'f', 'woman', 'femme', 'women'),
  noun('living', 'm', 'boy', 'garçon'),
  noun('living', 'f', 'girl', 'fille'),
  noun('living', 'm', 'child', 'enfant', 'children'),
  noun('living', 'f', 'teacher', 'enseignante'),
  noun('living', 'm', 'doctor', 'médecin'),
  noun('living', 'f', 'friend', 'amie'),
  noun('living', 'm', 'neighbour', 'voisin'),
  noun('living', 'f', 'queen', 'reine'),
  noun('food', 'f', 'apple', 'pomme'),
  noun('food', 'f', 'orange', 'orange'),
  noun('food', 'm', 'egg', 'œuf'),
  noun('food', 'm', 'cake', 'gâteau'),
  noun('food', 'f', 'pear', 'poire'),
  noun('food', 'f', 'soup', 'soupe'),
  noun('thing', 'f', 'car', 'voiture'),
  noun('thing', 'm', 'bicycle', 'vélo'),
  noun('thing', 'f', 'table', 'table'),
  noun('thing', 'f', 'chair', 'chaise'),
  noun('thing', 'm', 'hat', 'chapeau'),
  noun('thing', 'f', 'key', 'clé'),
  noun('thing', 'f', 'watch', 'montre', 'watches'),
  noun('thing', 'm', 'umbrella', 'parapluie'),
  noun('thing', 'f', 'box', 'boîte', 'boxes'),
  noun('text', 'm', 'book', 'livre'),
  noun('text', 'f', 'letter', 'lettre'),
  noun('text', 'm', 'newspaper', 'journal'),
  noun('text', 'f', 'story', 'histoire', 'stories'),
  noun('place', 'm', 'garden', 'jardin'),
  noun('place', 'f', 'house', 'maison'),
  noun('place', 'f', 'school', 'école'),
  noun('place', 'f', 'church', 'église', 'churches'),
  noun('place', 'f', 'kitchen', 'cuisine'),
  noun('place', 'm', 'hospital', 'hôpital'),
  noun('place', 'm', 'hotel', 'hôtel'),
  noun('place', 'f', 'station', 'gare'),
  noun('place', 'f', 'forest', 'forêt'),
  noun('place', 'm', 'bridge', 'pont'),
  noun('place', 'm', 'shop', 'magasin'),
];

export interface Adjective {
  readonly en: string;
  /** Masculine and feminine singular. */
  readonly fr: readonly [m: string, f: string];
  /** Masculine before a vowel, where that differs. */
  readonly beforeVowel?: string;
  /** Where it stands in French. */
  readonly place: 'before' | 'after';
  /** What it is said of. */
  readonly of: 'all' | 'living' | 'lifeless';
}

export const adjectives: readonly Adjective[] = [
  { en: 'small', fr: ['petit', 'petite'], place: 'before', of: 'all' },
  { en: 'big', fr: ['grand', 'grande'], place: 'before', of: 'all' },
  { en: 'beautiful', fr: ['beau', 'belle'], beforeVowel: 'bel', place: 'before', of: 'all' },
  { en: 'old', fr: ['vieux', 'vieille'], beforeVowel: 'vieil', place: 'before', of: 'all' },
  { en: 'new', fr: ['nouveau', 'nouvelle'], beforeVowel: 'nouvel', place: 'before', of: 'lifeless' },
  { en: 'good', fr: ['bon', 'bonne'], place: 'before', of: 'all' },
  { en: 'young', fr: ['jeune', 'jeune'], place: 'before', of: 'living' },
  { en: 'happy', fr: ['heureux', 'heureuse'], place: 'after', of: 'living' },
  { en: 'tired', fr: ['fatigué', 'fatiguée'], place: 'after', of: 'living' },
  { en: 'clever', fr: ['intelligent', 'intelligente'], place: 'after', of: 'living' },
  { en: 'red', fr: ['rouge', 'rouge'], place: 'after', of: 'lifeless' },
  { en: 'green', fr: ['vert', 'verte'], place: 'after', of: 'lifeless' },
  { en: 'white', fr: ['blanc', 'blanche'], place: 'after', of: 'all' },
  { en: 'black', fr: ['noir', 'noire'], place: 'after', of: 'lifeless' },
  { en: 'expensive', fr: ['cher', 'chère'], place: 'after', of: 'lifeless' },
  { en: 'cold', fr: ['froid', 'froide'], place: 'after', of: 'lifeless' },
];

/** Forms for je, tu, il, nous, ils. */
type Forms = readonly [string, string, string, string, string];

export interface Verb {
  /** As with `I` and as with `he`. */
  readonly en: readonly [string, string];
  readonly fr: Forms;
  /** Sorts of nouns that it may have as its object; none: it has none. */
  readonly objects: readonly Noun['sort'][];
}

const lifeless = ['food', 'thing', 'text'] as const;
const any = ['living', ...lifeless, 'place'] as const;

export const verbs: readonly Verb[] = [
  { en: ['see', 'sees'], fr: ['vois', 'vois', 'voit', 'voyons', 'voient'], objects: any },
  { en: ['like', 'likes'], fr: ['aime', 'aimes', 'aime', 'aimons', 'aiment'], objects: any },
  { en: ['find', 'finds'], fr: ['trouve', 'trouves', 'trouve', 'trouvons', 'trouvent'], objects: any },
  { en: ['look for', 'looks for'], fr: ['cherche', 'cherches', 'cherche', 'cherchons', 'cherchent'], objects: any },
  { en: ['draw', 'draws'], fr: ['dessine', 'dessines', 'dessine', 'dessinons', 'dessinent'], objects: any },
  { en: ['eat', 'eats'], fr: ['mange', 'manges', 'mange', 'mangeons', 'mangent'], objects: ['food'] },
  { en: ['buy', 'buys'], fr: ['achète', 'achètes', 'achète', 'achetons', 'achètent'], objects: lifeless },
  { en: ['take', 'takes'], fr: ['prends', 'prends', 'prend', 'prenons', 'prennent'], objects: lifeless },
  { en: ['read', 'reads'], fr: ['lis', 'lis', 'lit', 'lisons', 'lisent'], objects: ['text'] },
  { en: ['write', 'writes'], fr: ['écris', 'écris', 'écrit', 'écrivons', 'écrivent'], objects: ['text'] },
  { en: ['visit', 'visits'], fr: ['visite', 'visites', 'visite', 'visitons', 'visitent'], objects: ['place'] },
  { en: ['know', 'knows'], fr: ['connais', 'connais', 'connaît', 'connaissons', 'connaissent'], objects: any },
  { en: ['sleep', 'sleeps'], fr: ['dors', 'dors', 'dort', 'dormons', 'dorment'], objects: [] },
  { en: ['work', 'works'], fr: ['travaille', 'travailles', 'travaille', 'travaillons', 'travaillent'], objects: [] },
  { en: ['sing', 'sings'], fr: ['chante', 'chantes', 'chante', 'chantons', 'chantent'], objects: [] },
  { en: ['wait', 'waits'], fr: ['attends', 'attends', 'attend', 'attendons', 'attendent'], objects: [] },
  { en: ['play', 'plays'], fr: ['joue', 'joues', 'joue', 'jouons', 'jouent'], objects: [] },
];

/** Who does it: which English form (0 base, 1 with s) and which French one. */
export const pronouns = [
  { en: 'i', fr: 'je', english: 0, french: 0 },
  { en: 'you', fr: 'tu', english: 0, french: 1 },
  { en: 'he', fr: 'il', english: 1, french: 2 },
  { en: 'she', fr: 'elle', english: 1, french: 2 },
  { en: 'we', fr: 'nous', english: 0, french: 3 },
  { en: 'they', fr: 'ils', english: 0, french: 4 },
] as const;

/** French prepositions that end in `de` melt into the article. */
export const prepositions = [
  { en: 'in', fr: 'dans' },
  { en: 'behind', fr: 'derrière' },
  { en: 'in front of', fr: 'devant' },
  { en: 'near', fr: 'près de' },
  { en: 'far from', fr: 'loin de' },
] as const;

export const times = [
  { en: 'today', fr: "aujourd'hui" },
  { en: 'every day', fr: 'chaque jour' },
  { en: 'in the evening', fr: 'le soir' },
  { en: 'now', fr: 'maintenant' },
] as const;

export const numbers = [
  { en: 'two', fr: 'deux' },
  { en: 'three', fr: 'trois' },
  { en: 'four', fr: 'quatre' },
  { en: 'ten', fr: 'dix' },
] as const;
