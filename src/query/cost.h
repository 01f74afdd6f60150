/* What unlearning costs in production: a preparation once, then a cost for each request.
 *
 * Costs are times, energies or money; all estimates of one call are in the same unit. Spreads are
 * propagated to first order, with preparation and request independent of each other. The cost of a
 * request is one estimated number that m requests multiply, so its spread grows with m, not with
 * the root of m. A spread that is not known (NAN, one run) makes the result's unknown; a cost that
 * is not known (NAN) makes the result NAN. No preparation is {0, 0}.
 */
#ifndef EC_QUERY_COST_H
#define EC_QUERY_COST_H

#include "base/value.h"
#include "common/error.h"
#include "common/unit.h"
#include "query/stats.h"

struct ec_cost {
    struct ec_estimate setup, request;
};

/* Of m >= 0 requests: setup + m request. */
struct ec_estimate ec_cost_total(struct ec_cost cost, double m);

/* Of each of m > 0 requests: setup / m + request; that of infinitely many is the request's. */
struct ec_estimate ec_cost_amortised(struct ec_cost cost, double m);

/* From how many requests on something costs no more than the baseline. */
enum ec_break_even_kind {
    EC_BREAK_EVEN_UNKNOWN, /* a cost is not known */
    EC_BREAK_EVEN_ALWAYS,  /* from the first request on */
    EC_BREAK_EVEN_FROM,    /* from `requests` requests on: the preparation pays off */
    EC_BREAK_EVEN_UNTIL,   /* up to `requests` requests: the baseline's preparation pays off then */
    EC_BREAK_EVEN_NEVER,
};

struct ec_break_even {
    enum ec_break_even_kind kind;
    double requests;          /* a whole number >= 1 for FROM (>= 2) and UNTIL, else NAN */
    struct ec_estimate exact; /* where the two lines cross; NAN where they are parallel */
};

struct ec_break_even ec_cost_break_even(struct ec_cost cost, struct ec_cost baseline);

/* ---- Money ---- */

enum { EC_CURRENCY_MAX = 8 };

/* A price of a second or of a joule. */
struct ec_price {
    double per_base;                /* currency units per base unit of the dimension (s, J); >= 0 */
    enum ec_dimension dimension;    /* EC_DIM_TIME or EC_DIM_ENERGY */
    char currency[EC_CURRENCY_MAX]; /* as it was written: "$", "EUR"; "" when it was not */
};

/* Reads "2.99/h", "$2.99/h", "2.99 EUR/h", "0.30/kWh". Returns -1 with *error set, as
 * ec_caret_error does, when that makes no sense. */
int ec_price_parse(struct ec_str source, struct ec_price *ret_price, struct ec_error *error);

/* What `amount`, in `unit` of the price's dimension, costs. NAN when the dimensions differ. */
struct ec_estimate ec_price_apply(struct ec_price price, struct ec_estimate amount,
                                  const struct ec_unit *unit);

#endif
