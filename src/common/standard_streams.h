/* Standard streams that whoever started the program has closed. */
#ifndef EC_COMMON_STANDARD_STREAMS_H
#define EC_COMMON_STANDARD_STREAMS_H

/* To be called first of all. A closed standard stream must not become the number of a file opened
 * later, into which tables or messages would go then. It stays one whose every use is an error, and
 * programs that are started find it closed. */
void ec_standard_streams_hold(void);

#endif
