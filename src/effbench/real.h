/* The type that the benchmark computes in: float.
 *
 * The tests also build the model with EB_DOUBLE, because only in double precision can finite
 * differences tell a wrong derivative from rounding. The math functions come from <tgmath.h>, which
 * picks the precision.
 */
#ifndef EB_REAL_H
#define EB_REAL_H

#ifdef EB_DOUBLE
typedef double eb_real;
#else
typedef float eb_real;
#endif

#endif
