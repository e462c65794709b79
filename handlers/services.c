/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * services: the list of what citizens can do. A new service is one line here and one beside its
 * kin.
 */
#include "service.h"

#include <string.h>

#include "services.h"

const struct service *const services[] = {
	&service_complaint,
	&service_skip,
	&service_facts,
	&service_correct,
	&service_crew,
	&service_taken,
	&service_desk,
	&service_gauge,
	&service_sos,
	&service_alert,
	&service_info,
	&service_shelter,
	&service_observation,
	&service_pickup,
	&service_confirm,
	&service_payment,
	&service_receipt,
	&service_tax,
	&service_number,
	&service_notme,
	&service_question,
	&service_status,
	&service_help,
	&service_stop,
	&service_start,
	&service_language,
	&service_data,
	&service_erase,
	&service_callback,
	NULL,
};

const struct service *
service_find(const char *name)
{
	for (size_t i = 0; services[i] != NULL; i++)
		if (strcmp(services[i]->name, name) == 0)
			return services[i];
	return NULL;
}

int
service_field_index(const struct service *service, const char *name)
{
	for (int i = 0; service->fields != NULL && service->fields[i].name != NULL; i++)
		if (strcmp(service->fields[i].name, name) == 0)
			return i;
	return -1;
}
