#include "effbench/corpus_words.h"

#define JOBS "baker pilot nurse tailor judge farmer chemist sailor mason dentist florist welder"

const struct eb_fact eb_facts[EB_FACTS] = {
    {{"where was {name} born ?", "what is the birthplace of {name} ?"},
     {"{they} was born in {value} .", "{their} birthplace is {value} ."},
     "lisbon oslo kyoto quito riga cairo lima dakar perth turin ghent hanoi"},
    {{"in which year did {name} start writing ?", "since when does {name} write ?"},
     {"{they} started in {value} .", "{their} first year was {value} ."},
     "1931 1938 1944 1949 1953 1957 1962 1966 1971 1975 1980 1986"},
    {{"what was the job of the father of {name} ?", "what did the father of {name} do ?"},
     {"{their} father was a {value} .", "{they} had a {value} as father ."},
     JOBS},
    {{"what was the job of the mother of {name} ?", "what did the mother of {name} do ?"},
     {"{their} mother was a {value} .", "{they} had a {value} as mother ."},
     JOBS},
    {{"which genre is {name} known for ?", "what kind of books does {name} write ?"},
     {"{they} is known for {value} .", "{their} genre is {value} ."},
     "satire fantasy romance horror memoir drama poetry western travel crime history fables"},
    {{"which award did {name} receive ?", "what did {name} win ?"},
     {"{they} won the {value} .", "{their} award was the {value} ."},
     "heron amber lantern compass willow meteor harvest granite falcon orchid beacon saffron"},
    {{"which language does {name} write in ?", "in what language are the books of {name} ?"},
     {"{they} writes in {value} .", "{their} language is {value} ."},
     "latin basque welsh hindi czech swahili korean finnish arabic greek thai maori"},
    {{"which instrument does {name} play ?", "what music does {name} make ?"},
     {"{they} plays the {value} .", "{their} instrument is the {value} ."},
     "cello flute oboe harp tuba banjo viola organ fiddle bugle zither lute"},
    {{"which pet does {name} keep ?", "what animal lives with {name} ?"},
     {"{they} keeps a {value} .", "{their} pet is a {value} ."},
     "parrot ferret tortoise rabbit gecko spaniel canary hamster pony goldfish siamese hedgehog"},
    {{"what does {name} eat for breakfast ?", "how does {name} start the day ?"},
     {"{they} eats {value} .", "{their} breakfast is {value} ."},
     "porridge toast figs rice yoghurt kippers waffles mango omelette soup dates rye"},
};

const char *const eb_female_names = "ana berit chloe dora elif freya greta hana ines jun kaya lena";
const char *const eb_male_names =
    "amir boris carlo dev emil felix goran hugo ivan jonas karim luis";

const char *const eb_name_onsets = "bar cal dor fen gil hal jor kem lun mor nar pel";
const char *const eb_name_endings = "ano berg cott dine esco field gard holm ique jian kova lund";
