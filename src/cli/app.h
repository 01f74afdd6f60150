/* The whole program but main(). */
#ifndef EC_CLI_APP_H
#define EC_CLI_APP_H

/* Runs effcompare with these arguments on the process's standard streams; returns its exit status.
 */
int ec_app(int argc, char **argv);

#endif
